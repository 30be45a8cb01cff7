"""A proxy on loopback that counts the bytes from the server, and can hold everything back for a while."""

from __future__ import annotations

import queue
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK_BYTES = 65_536


@dataclass(slots=True)
class Proxy:
    """A running proxy.

    Attributes:
        from_server_bytes: counted since it was last set to 0, what TLS adds included.
        round_trip_seconds: what a question and its answer take longer; may be changed at any time.
    """

    port: int
    from_server_bytes: int = 0
    round_trip_seconds: float = 0.0


@contextmanager
def proxy(server_port: int) -> Iterator[Proxy]:
    """A way to a server on loopback that ends with the block."""
    conversations: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = Proxy(listener.getsockname()[1])

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    conversations.append(threading.Thread(target=_converse, args=[client, server_port, running]))
                    conversations[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield running
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for thread in (accepting, *conversations):
                thread.join()


def _converse(client: socket.socket, server_port: int, running: Proxy) -> None:
    """Pass on what both sides say until both have ended."""
    with client, socket.create_connection(("127.0.0.1", server_port)) as server:
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threads = [*_passing(client, server, running, counts=False), *_passing(server, client, running, counts=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _passing(
    source: socket.socket, target: socket.socket, running: Proxy, *, counts: bool
) -> tuple[threading.Thread, threading.Thread]:
    """What passes bytes on half a round trip later; any number may be on the way at a time."""
    on_the_way: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()

    def read() -> None:
        data = b"x"
        while data:
            try:
                data = source.recv(_CHUNK_BYTES)
            except OSError:
                data = b""
            if counts:
                running.from_server_bytes += len(data)
            on_the_way.put((time.monotonic() + running.round_trip_seconds / 2, data))

    def write() -> None:
        data = b"x"
        while data:
            due, data = on_the_way.get()
            time.sleep(max(0.0, due - time.monotonic()))
            with suppress(OSError):
                target.sendall(data) if data else target.shutdown(socket.SHUT_WR)

    return threading.Thread(target=read), threading.Thread(target=write)
