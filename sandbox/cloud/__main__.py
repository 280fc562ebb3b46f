"""`python -m sandbox.cloud --assembly cdk.out/local`: bring the cloud up, say where it is, run until interrupted."""

from __future__ import annotations

import argparse
import signal
import threading
import time
from pathlib import Path

from sandbox.cloud import LocalCloud


def main() -> None:
    options = _options()
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
        print(f"  {name} = {value}")
    print("\nInert locally:")
    for name, reason in sorted(cloud.inert.items()):
        print(f"  {name}: {reason}")


if __name__ == "__main__":
    main()
