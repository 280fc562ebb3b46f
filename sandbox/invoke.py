"""`make invoke FUNCTION=coupa/create_package EVENT=events/coupa/create_package/minimal.json`: one handler, once.

The function runs in the local cloud as it is deployed; its answer and its log lines are printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from sandbox.assembly import local_assembly
from sandbox.world import running_world


def main() -> int:
    parser = argparse.ArgumentParser(prog="make invoke")
    parser.add_argument("function", help="a folder below functions/")
    parser.add_argument("event", type=Path, help="a JSON file")
    given = parser.parse_args()
    if not given.event.is_file():
        parser.error(f"there is no event {given.event}; see the folder events/{given.function}/")
    with running_world(local_assembly(), "connective") as world:
        name = world.function(given.function)
        answer = world.cloud.invoke(name, json.loads(given.event.read_text()))
        for line in world.cloud.logs.get(name, ()):
            sys.stderr.write(line.rstrip("\n") + "\n")
    sys.stdout.write(json.dumps(answer.payload, indent=2, ensure_ascii=False) + "\n")
    return 1 if answer.error else 0


if __name__ == "__main__":
    sys.exit(main())
