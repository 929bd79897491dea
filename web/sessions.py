"""Who is signed in: kept on the server, so that signing out and expiry are ours to decide; gone with the process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_urlsafe
from threading import Lock

from domain.values import Officer

COOKIE = "session"
IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
_MOST = 1000


@dataclass(frozen=True)
class Session:
    """One signed-in browser; `token` is its cookie, `csrf` what its forms carry."""

    token: str
    csrf: str
    persona: str
    officer: Officer
    began: datetime
    seen: datetime


class Sessions:
    """The signed-in browsers of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[str, Session] = {}

    def begin(self, persona: str, officer: Officer, now: datetime) -> Session:
        """Sign someone in under a fresh token; the oldest gives way when there are too many."""
        session = Session(token_urlsafe(32), token_urlsafe(32), persona, officer, now, now)
        with self._lock:
            while len(self._open) >= _MOST:
                del self._open[next(iter(self._open))]
            self._open[session.token] = session
        return session

    def find(self, token: str | None, now: datetime) -> Session | None:
        """The session of a cookie, unless it was left alone too long or has lasted too long."""
        with self._lock:
            session = self._open.get(token or "")
            if session is None:
                return None
            if now - session.seen > IDLE or now - session.began > LONGEST:
                del self._open[session.token]
                return None
            self._open[session.token] = replace(session, seen=now)
            return session

    def end(self, token: str) -> None:
        """Sign out; the cookie is worth nothing from here on."""
        with self._lock:
            self._open.pop(token, None)
