"""`python -m sandbox.cloud --assembly cdk.out/local`: bring the cloud up, say where it is, run until interrupted."""

from __future__ import annotations

import argparse
import signal
import threading
import time
from collections import Counter
from pathlib import Path

from sandbox.cloud import DeploymentError, LocalCloud


def main() -> None:
    try:
        _run(_options())
    except (DeploymentError, OSError) as error:
        raise SystemExit(str(error)) from None


def _run(options: argparse.Namespace) -> None:
    started = time.perf_counter()
    parameters = dict(one.split("=", 1) for one in options.parameter)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ports = (options.aws_port, options.gateway_port)
    with LocalCloud(options.assembly, time_scale=options.time_scale, ports=ports, parameters=parameters) as cloud:
        print(f"The local cloud stands after {time.perf_counter() - started:.1f} s. Ctrl-C ends it.")
        _describe(cloud)
        ended.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.cloud", description=__doc__)
    parser.add_argument("--assembly", type=Path, default=Path("cdk.out/local"))
    parser.add_argument("--time-scale", type=float, default=1.0, help="divides every duration of state machines")
    parser.add_argument("--aws-port", type=int, default=0)
    parser.add_argument("--gateway-port", type=int, default=0)
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE")
    return parser.parse_args()


def _describe(cloud: LocalCloud) -> None:
    print("\nFor other programs:")
    for name, value in cloud.variables.items():
        print(f"  export {name}={value}")
    print("\nREST APIs:")
    for url in cloud.apis.values():
        print(f"  {url}")
    print("\nOutputs:")
    for name, value in sorted(cloud.outputs.items()):
        if not name.startswith("ExportsOutput"):  # CDK's own, between stacks
            print(f"  {name} = {value}")
    print("\nInert locally:")
    kinds = Counter((name.split()[0], reason) for name, reason in cloud.inert.items())
    for (kind, reason), count in sorted(kinds.items()):
        print(f"  {count:3} {kind}: {reason}")


if __name__ == "__main__":
    main()
