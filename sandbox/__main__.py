"""`make sandbox`: everything keeps running until Ctrl-C; `esign --stage local` finds it by .build/sandbox.json."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sandbox.assembly import local_assembly
from sandbox.console.desk import Desk
from sandbox.console.server import PORT, Console
from sandbox.provider_side import DOORS
from sandbox.world import Login, World, running_world

NOTE = Path(".build/sandbox.json")
FIRST = "connective"  # what runs from the beginning where nothing else is said


def main() -> int:
    parser = argparse.ArgumentParser(prog="make sandbox")
    parser.add_argument("--provider", choices=sorted(DOORS), help="this one alone; default: any, started when chosen")
    parser.add_argument("--port", type=int, default=PORT, help="of the console; a free one where it is taken")
    given = parser.parse_args()
    doors = [given.provider] if given.provider else list(DOORS)
    with running_world(local_assembly(), given.provider or FIRST) as world:
        login = world.add_account()
        with Desk(world, doors, logins=[login]) as desk, Console(desk, given.port) as console:
            _tell(world, login, console.url, doors)
            _wait()
    return 0


def _wait() -> None:
    """Until Ctrl-C or SIGTERM; a second one does not disturb the end."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    try:
        asked.wait()
    finally:
        NOTE.unlink(missing_ok=True)


def _tell(world: World, login: Login, console: str, doors: Sequence[str]) -> None:
    NOTE.parent.mkdir(exist_ok=True)
    NOTE.write_text(json.dumps(world.describe(), indent=1))
    api = world.cloud.base_url("coupa")
    lines = {
        "Coupa's API": api,
        "account": f"{login.account}:{login.secret}",
        "its provider": f"{world.door}, {world.side.settings['baseUrl']}",
        "other providers": "start when the console chooses them" if len(doors) > 1 else "none (PROVIDER=)",
        "callbacks of providers": world.cloud.base_url("callbacks"),
        "Coupa's endpoint": world.receiver.url,
        "AWS": world.cloud.endpoint,
    }
    sys.stdout.write(f"open {console}/   (the API: {console}/docs)\n\n")
    for name, value in lines.items():
        sys.stdout.write(f"{name:<24}{value}\n")
    sys.stdout.write(f"\ncurl -u {login.account}:{login.secret} {api}/v1/account\n")
    sys.stdout.write("make esign ARGS='accounts list'   in another terminal; Ctrl-C ends the sandbox\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
