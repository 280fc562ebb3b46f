"""Files that were uploaded with a form that had mistakes: kept, so that nobody has to choose them again. In memory."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

KEPT = 4  # of 50 MiB at most each


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes = field(repr=False)


class Uploads:
    """The newest few."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Upload] = OrderedDict()

    def keep(self, upload: Upload) -> str:
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._kept[token] = upload
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return token

    def get(self, token: str) -> Upload | None:
        with self._lock:
            return self._kept.get(token)
