"""python -m sandbox.providers.connective --port N: the simulator as a process, until interrupted."""

from __future__ import annotations

import argparse

import uvicorn

from sandbox.providers.connective.app import create_app
from sandbox.providers.connective.settings import Environment
from sandbox.providers.serving import HOST


def main() -> None:
    parser = argparse.ArgumentParser(prog="connective-simulator", description="A simulator of Connective eSignatures.")
    parser.add_argument("--port", type=int, default=8620)
    parser.add_argument("--user", default="api")
    parser.add_argument("--password", default="secret")
    options = parser.parse_args()
    environment = Environment(users={options.user: options.password})
    print(
        f"v3 http://{HOST}:{options.port}/webportalapi/v3 · v4 …/esig/webportalapi/v4 · control …/_control", flush=True
    )
    uvicorn.run(create_app(environments=[environment]), host=HOST, port=options.port, http="h11", log_level="warning")


if __name__ == "__main__":
    main()
