"""Extra memory of an upload as multipart: a document on disk, sent by a vendor's client whose door is multipart.

The client runs in a child process of its own and sends a small document first, which is its baseline; the service is in
this one and keeps nothing. Limit: a 20 MB document raises the peak by 1.5 times its size at most. No PDF is looked at.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from benchmarks.peak import peak

SIZE, SMALL = 20_000_000, 20_000  # bytes
FACTOR = 1.5
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Growth:
    """Megabytes (10^6): the document, and by how much it raised the peak of the process that sent it."""

    name: str
    size: float
    growth: float
    limit: float

    @property
    def ok(self) -> bool:
        return self.growth <= self.limit


def measure_multipart() -> list[Growth]:
    with _service() as url, tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(os.urandom(SIZE))
        file.flush()
        command = [sys.executable, "-m", "benchmarks.multipart", url, file.name]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(run.stdout)
    grown = (told["peak"] - told["baseline"]) / 1e6
    return [Growth("esigntools: createAgreement", SIZE / 1e6, grown, FACTOR * SIZE / 1e6)]


class _Service(BaseHTTPRequestHandler):
    """Reads what comes, and has made agreement 1."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(left, _PIECE)))
        body = json.dumps({"id": 1, "id_token": "a.b.c"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        return


@contextmanager
def _service() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Service) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/api"
        server.shutdown()


# Inside the child


def main(url: str, document: Path) -> None:
    from esign.http.client import ProviderHttp
    from esign.http.deadline import Deadline
    from esign.http.outcome import Vendor
    from esign.providers.esigntools.client import EsignTools
    from esign.providers.esigntools.credentials import EsignToolsCredentials

    http = ProviderHttp(vendor=Vendor("esigntools"), base_url=url)
    client = EsignTools(http, Deadline(120), lambda: EsignToolsCredentials("api", "secret"))
    with tempfile.TemporaryFile() as small:
        small.write(os.urandom(SMALL))
        client.create_agreement({}, small, "small.pdf", "application/pdf")
    baseline = peak()
    with document.open("rb") as file:
        client.create_agreement({}, file, "large.pdf", "application/pdf")
    sys.stdout.write(json.dumps({"baseline": baseline, "peak": peak()}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
