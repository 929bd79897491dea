"""Sending something to a witness or a time-stamping authority and reading a short answer: no redirects, no proxies."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from ledger.errors import LedgerError

_SECONDS = 10.0
_LONGEST_ANSWER = 64 * 1024


class Unanswered(LedgerError):
    """Nobody answered there, or not in HTTP; the message is the reason."""


@dataclass(frozen=True)
class Answer:
    """The status, the content type and the body, of which no more is read than any honest answer has."""

    status: int
    kind: str
    body: bytes


def post(address: str, content: bytes, kind: str) -> Answer:
    """Send bytes of a content type to an http:// or https:// address.

    Raises:
        Unanswered: where nothing came back, or nothing that can be read.
    """
    parts = urlsplit(address)
    try:
        https = parts.scheme == "https"
        connection = (HTTPSConnection if https else HTTPConnection)(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
            connection.request("POST", path, content, {"Content-Type": kind})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers.get("Content-Type", ""), answer.read(_LONGEST_ANSWER))
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError) as error:
        raise Unanswered(str(error) or type(error).__name__) from error


def plain(body: bytes) -> str:
    """The beginning of an answer as text that moves no cursor."""
    return "".join(each for each in body[:200].decode("utf-8", "replace") if each.isprintable()) or "(nothing)"
