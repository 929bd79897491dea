"""A time-stamping authority on the loopback address: `openssl ts` behind HTTP, with a root of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

# Without `-chain`: with it openssl sends an unsorted set of certificates, which clients refuse.
_CONFIGURATION = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[req]
distinguished_name = dn
[dn]
"""


class Authority:
    """Keys and certificates in a folder; `answer` stamps a query."""

    def __init__(self, folder: Path, name: str = "Demo authority") -> None:
        folder.mkdir()
        self._folder = folder
        (folder / "conf").write_text(_CONFIGURATION.format(folder=folder))
        (folder / "serial").write_text("01\n")
        new = ("req", "-config", "conf", "-newkey", "rsa:2048", "-nodes", "-days", "3650")
        self._openssl(
            *new, "-x509", "-subj", f"/CN={name} root", "-extensions", "ca", "-keyout", "ca.key", "-out", "ca.pem"
        )
        self._openssl(*new, "-subj", f"/CN={name}", "-keyout", "tsa.key", "-out", "tsa.csr")
        self._openssl(
            "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650",
            "-extfile", "conf", "-extensions", "ext", "-out", "tsa.pem",
        )  # fmt: skip

    @property
    def root(self) -> bytes:
        """Its root certificate, in PEM."""
        return (self._folder / "ca.pem").read_bytes()

    def answer(self, query: bytes) -> bytes:
        """Stamp a query, both in DER."""
        (self._folder / "query").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "conf", "-queryfile", "query", "-out", "answer")
        return (self._folder / "answer").read_bytes()

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)


@contextmanager
def stamping(answer: Callable[[bytes], bytes], status: int = 200) -> Iterator[str]:
    """The address of something that answers queries so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer one."""
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/tsr"
        finally:
            server.shutdown()
            thread.join()
