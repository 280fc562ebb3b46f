"""GET /docs: openapi.json in Swagger UI, whose files come with a package and not from the internet."""

from __future__ import annotations

import functools
import json
from importlib.util import find_spec
from pathlib import Path

from starlette.responses import FileResponse, JSONResponse, Response

from sandbox.console.render import Frame, page

OPENAPI = Path(__file__).resolve().parents[2] / "openapi.json"
BUNDLE = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
# Swagger UI writes styles into its elements; scripts still come from here alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'"
)


def browse(frame: Frame, api: str) -> Response:
    answer = page("docs.html", frame, api=api)
    answer.headers["content-security-policy"] = f"{POLICY}; base-uri 'none'; frame-ancestors 'none'"
    return answer


def openapi(api: str) -> Response:
    """As generated, with the address at which it is served here."""
    return JSONResponse({**json.loads(OPENAPI.read_text()), "servers": [{"url": api}]})


def bundled(name: str) -> Response | None:
    """None: no file of Swagger UI's."""
    return FileResponse(_package() / name, media_type=BUNDLE[name]) if name in BUNDLE else None


@functools.cache
def _package() -> Path:
    """Where the files lie. The package is found and not imported: only its data is wanted."""
    found = find_spec("fastapi_offline")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("The package fastapi-offline is not installed; `make install` brings it.")
    return Path(found.submodule_search_locations[0]) / "static"
