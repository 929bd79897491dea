"""RFC 3161: an authority's signed word that a checkpoint's text existed at a time, checked against roots one trusts.

What is stamped is the SHA-256 of the text, without its signature lines: whichever lines a copy carries, it is the same.

The check needs the package rfc3161-client, and so is apart from the others, which need nothing but `cryptography`. The
authority's certificate may come with its answer; the root it leads to is the checker's own, never the evidence's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import Certificate, ObjectIdentifier, load_pem_x509_certificates

from ledger.errors import LedgerError, VerificationError

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

_STEP = "time stamp"
_SHA256 = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
LARGEST = 64 * 1024


class TimestampsUncheckable(LedgerError):
    """The package that checks time stamps is not installed."""

    def __init__(self) -> None:
        super().__init__("not checked: install rfc3161-client")


@dataclass(frozen=True)
class Query:
    """What is sent to an authority, in DER, and the number that its answer must repeat."""

    content: bytes
    nonce: int


def read_roots(content: bytes) -> tuple[Certificate, ...]:
    """Read the root certificates that a checker trusts, in PEM.

    Raises:
        VerificationError: where there is none, or one cannot be read.
    """
    try:
        roots = tuple(dict.fromkeys(load_pem_x509_certificates(content)))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise VerificationError(
            "The root certificates of the time-stamping authority cannot be read.", step=_STEP
        ) from error
    return roots


def query(text: str) -> Query:
    """Return the question to ask an authority about a checkpoint's text; its number is new each time.

    Raises:
        TimestampsUncheckable: where the package is missing.
    """
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415 - only who stamps needs it
    except ImportError as error:
        raise TimestampsUncheckable from error
    made = TimestampRequestBuilder(text.encode(), HashAlgorithm.SHA256).build()
    if made.nonce is None:
        raise AssertionError("the package made a query without a number")
    return Query(made.as_bytes(), made.nonce)


def check_timestamp(response: bytes, text: str, roots: Sequence[Certificate], nonce: int | None = None) -> datetime:
    """Check an authority's answer (TimeStampResp, DER) about a checkpoint's text, and return the time it states.

    Whoever asked gives the number of the question, so that an older answer does not pass.

    Raises:
        VerificationError: where it is malformed, about something else, or not by an authority under these roots.
        TimestampsUncheckable: where the package is missing.
    """
    try:
        import rfc3161_client  # noqa: PLC0415 - the other checks do without it
    except ImportError as error:
        raise TimestampsUncheckable from error
    if len(response) > LARGEST:
        raise VerificationError("The time stamp is too long.", step=_STEP)
    try:
        answer = rfc3161_client.decode_timestamp_response(response)
        _check_about(answer, text)
        verifier = rfc3161_client.VerifierBuilder(roots=list(roots), nonce=nonce).build()
        verifier.verify(answer, sha256(text.encode()).digest())
        stated = answer.tst_info.gen_time
    except (rfc3161_client.VerificationError, ValueError, UnsupportedAlgorithm) as error:
        raise VerificationError(f"The time stamp is not as it should be: {error}", step=_STEP) from error
    return stated.astimezone(UTC)


def _check_about(answer: TimeStampResponse, text: str) -> None:
    if answer.status not in (0, 1):
        raise ValueError(f"the authority refused ({', '.join(answer.status_string) or answer.status})")
    imprint = answer.tst_info.message_imprint
    if imprint.hash_algorithm != _SHA256 or imprint.message != sha256(text.encode()).digest():
        raise ValueError("it is about something else")
