"""Serves the gateway with uvicorn in a thread of this process."""

from __future__ import annotations

import logging
import time
from threading import Thread

import uvicorn

from sandbox.cloud.gateway.app import Gateway


class GatewayServer:
    def __init__(self, gateway: Gateway, *, port: int) -> None:
        config = uvicorn.Config(
            gateway,
            host="127.0.0.1",
            port=port,
            log_level="error",
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        """Return once connections are taken. OSError: the port is not free."""
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise OSError(f"port {self._server.config.port} is not free")
            time.sleep(0.005)

    def stop(self) -> None:
        """Calls that are still under way are cut off, and uvicorn does not say of each that it was."""
        log = logging.getLogger("uvicorn.error")
        level = log.level
        log.setLevel(logging.CRITICAL)
        self._server.should_exit = True
        self._thread.join(timeout=3)
        log.setLevel(level)
