"""What a ping of Connective looks like. contracts/connective.md §A4: an HTTP POST that only tells that something changed.

Everything else is a habit (settings.py).
"""

from __future__ import annotations

import httpx

from sandbox.providers.connective.settings import CallbackHabits
from sandbox.providers.courier import Letter


def ping(url: str, package_id: str, habits: CallbackHabits) -> Letter:
    content = habits.body.encode() if habits.method == "POST" else None
    return Letter(_address(url, package_id, habits), package_id, method=habits.method, content=content)


def _address(url: str, package_id: str, habits: CallbackHabits) -> str:
    if habits.append == "path":
        return f"{url.rstrip('/')}/{package_id}"
    if habits.append == "query":
        return str(httpx.URL(url).copy_merge_params({"PackageId": package_id}))
    return url
