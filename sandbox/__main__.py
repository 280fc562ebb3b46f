"""`make sandbox`: everything keeps running until Ctrl-C; `esign --stage local` finds it by .build/sandbox.json."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from sandbox.assembly import local_assembly
from sandbox.provider_side import DOORS
from sandbox.world import World, running_world

NOTE = Path(".build/sandbox.json")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make sandbox")
    parser.add_argument("--provider", choices=sorted(DOORS), default="connective")
    given = parser.parse_args()
    with running_world(local_assembly(), given.provider) as world:
        _tell(world)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
        finally:
            NOTE.unlink(missing_ok=True)
    return 0


def _tell(world: World) -> None:
    login = world.add_account()
    NOTE.parent.mkdir(exist_ok=True)
    NOTE.write_text(json.dumps(world.describe(), indent=1))
    api = world.cloud.base_url("coupa")
    lines = {
        "Coupa's API": api,
        "account": f"{login.account}:{login.secret}",
        "callbacks of providers": world.cloud.base_url("callbacks"),
        "provider's simulator": world.side.settings["baseUrl"],
        "Coupa's endpoint": world.receiver.url,
        "AWS": world.cloud.endpoint,
    }
    for name, value in lines.items():
        sys.stdout.write(f"{name:<24}{value}\n")
    sys.stdout.write(f"\ncurl -u {login.account}:{login.secret} {api}/v1/account\n")
    sys.stdout.write("make esign ARGS='accounts list'   in another terminal; Ctrl-C ends the sandbox\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
