"""How the web service is set up; made once by whoever starts it, and never changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    """What the pages need to know beyond the ledger they serve.

    `run_key` opens the demo's sign-in links and ends with the process. `hosts` are the names the service answers to,
    without a port. `secure` keeps the session cookie to HTTPS; on the loopback address there is none.
    """

    run_key: str
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1")
    secure: bool = False
