"""`python -m sandbox.demo --provider connective --pdf path`: exit code 0 only if all of it held."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from sandbox.assembly import local_assembly
from sandbox.demo import scenarios
from sandbox.demo.every import run_all
from sandbox.demo.faults import FAULTS
from sandbox.demo.report import Report, notifications_table, story_table
from sandbox.demo.stage import Stage
from sandbox.provider_side import DOORS
from sandbox.world import running_world

OUT = Path("out")
ALL = "all"


def main() -> int:
    given = _arguments()
    if given.provider == ALL:
        return run_all(DOORS, [*(["--pdf", str(given.pdf)] if given.pdf else []), *(["--faults"] * given.faults)])
    report = Report()
    began = time.monotonic()
    report.console.print("[bold]Building[/] what would be deployed (the first time takes longest) ...")
    assembly = local_assembly()
    with running_world(assembly, given.provider) as world:
        report.console.print(f"[bold]Running[/]: Coupa's API at {world.cloud.base_url('coupa')}")
        login = world.add_account("Demo")
        with world.coupa(login, watch=report.answer) as coupa, world.coupa(login) as quiet:
            coupa.configure_callback({"url": world.receiver.url})
            stage = Stage(world, coupa, quiet, report, OUT)
            package = scenarios.main_job(stage, given.pdf)
            for scenario in FAULTS if given.faults else (scenarios.minimal, *scenarios.SAD_WAYS):
                scenario(stage)
            story = quiet.list_events(package).json.get("events", [])
        report.console.print(report.table())
        report.console.print(story_table(story))
        report.console.print(notifications_table(world.receiver.received))
    report.console.print(f"{time.monotonic() - began:.1f} s in all; the signed files are in {OUT}/")
    for failure in report.failures:
        report.console.print(f"[red]did not hold:[/] {failure}")
    report.console.print("[green]All of it held.[/]" if not report.failures else "[red]The demo failed.[/]")
    return 1 if report.failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--provider", choices=[*sorted(DOORS), ALL], default="connective")
    parser.add_argument("--pdf", type=_pdf, default=None, help="a PDF of yours, the package's second document")
    parser.add_argument("--faults", action="store_true", help="callbacks that never come, outages of both sides")
    return parser.parse_args()


def _pdf(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    if not path.read_bytes()[:1024].count(b"%PDF-"):
        raise argparse.ArgumentTypeError(f"{text} is not a PDF")
    return path


if __name__ == "__main__":
    sys.exit(main())
