"""A proxy before PostgreSQL that can lose one answer: the server has done what it was asked, and nobody hears of it."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class Cutting:
    """Listens in a folder as PostgreSQL does, and passes on what is said, until told otherwise."""

    def __init__(self, address: str, folder: Path) -> None:
        named = conninfo_to_dict(address)
        self._server = f"{named['host']}/.s.PGSQL.{named.get('port') or 5432}"
        self.address = make_conninfo("", **{**named, "host": str(folder), "port": 5432})
        self._marker: bytes | None = None
        self._stays_down = False
        self.lost = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        self._spawn(self._accept)

    def lose_answer(self, marker: bytes, *, stays_down: bool = False) -> None:
        """Close the connection instead of passing on the next answer with these bytes; perhaps accept no other."""
        self._stays_down = stays_down
        self._marker = marker

    def close(self) -> None:
        """End every connection."""
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                self._open += (client, server)
                if self._stays_down and self.lost.is_set():
                    client.close()
                    continue
                server.connect(self._server)
                self._spawn(self._pass_on, client, server)
                self._spawn(self._answer, server, client)

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := client.recv(65536):
                server.sendall(said)
            server.shutdown(socket.SHUT_RDWR)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while said := server.recv(65536):
                if self._marker is not None and self._marker in said:
                    self._marker = None
                    self.lost.set()
                    for each in self._open if self._stays_down else ():
                        with suppress(OSError):
                            each.shutdown(socket.SHUT_RDWR)
                    break
                client.sendall(said)
            client.shutdown(socket.SHUT_RDWR)

    def _spawn(self, target: object, *arguments: socket.socket) -> None:
        threading.Thread(target=target, args=arguments, daemon=True).start()  # type: ignore[arg-type]
