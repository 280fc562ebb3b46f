"""`python -m cli …`: the entry, and the last word about whatever nobody foresaw."""

from __future__ import annotations

import sys

from cli.app import app
from cli.errors import FAILED, unforeseen


def main() -> None:
    try:
        app(prog_name="esign")
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        sys.stderr.write(unforeseen(error) + "\n")
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
