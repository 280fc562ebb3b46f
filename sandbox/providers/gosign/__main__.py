"""python -m sandbox.providers.gosign --port N: the simulator as a process, until interrupted."""

from __future__ import annotations

import argparse
import threading

from sandbox.providers.gosign.server import GosignSimulator


def main() -> None:
    parser = argparse.ArgumentParser(prog="gosign-simulator", description="A simulator of GoSign.")
    parser.add_argument("--port", type=int, default=8622)
    with GosignSimulator(parser.parse_args().port) as simulator:
        print(
            f"REST {simulator.rest} · OAuth2 {simulator.oauth} · SOAP {simulator.soap} · control …/_control", flush=True
        )
        threading.Event().wait()


if __name__ == "__main__":
    main()
