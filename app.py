"""The CDK app: `python app.py STAGE` writes cdk.out/STAGE; STAGE is a record's name or a file that ends in .toml.

The CDK's command line runs it too: `cdk diff -c stage=dev`, or `-c stage-file=path/to/acme.toml`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

from infra.delivery import PROBLEMS
from infra.functions import FUNCTIONS
from infra.layer_build import ROOT
from infra.stage_file import find_stage
from infra.stubs import with_stubs
from infra.synthesis import build_app


def main() -> int:
    """0, or 1 with a sentence on stderr."""
    options = _arguments()
    started = time.monotonic()
    try:
        chosen = find_stage(options.stage)
        root = with_stubs(FUNCTIONS) if options.stub_missing else FUNCTIONS
        # The command line says in CDK_OUTDIR where it wants the assembly.
        outdir = None if "CDK_OUTDIR" in os.environ else ROOT / "cdk.out" / chosen.name
        assembly = build_app(chosen, outdir=outdir, functions_root=root).synth()
    except PROBLEMS as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stderr.write(f"Stage {chosen.name}: {assembly.directory} ({time.monotonic() - started:.1f} s)\n")
    return 0


def _arguments() -> argparse.Namespace:
    context = json.loads(os.environ.get("CDK_CONTEXT_JSON", "{}"))
    parser = argparse.ArgumentParser(description="Write the CDK assembly of a stage.")
    parser.add_argument("stage", nargs="?", default=context.get("stage-file") or context.get("stage", "dev"))
    parser.add_argument("--stub-missing", action="store_true", help="put stubs where a handler is not written yet")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
