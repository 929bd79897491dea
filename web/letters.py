"""What an e-mail says of itself: who wrote, when, under what subject; read off its headers, vouched for by nobody."""

from __future__ import annotations

import email
import io
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr, parsedate_to_datetime

import olefile

from web.characters import one_line

_HEADER = re.compile(rb"[!-9;-~]+:")
_MOST_HEADERS, _MOST_BODY, _MOST_WORDS = 262_144, 2_000_000, 200_000
_WRONG = (
    OSError,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    LookupError,
    OverflowError,
    RecursionError,
    MessageError,
    struct.error,
)
"""What the readers of e-mails and of OLE files say where one is not as it should be."""
_1601 = datetime(1601, 1, 1, tzinfo=UTC)
_YEARS = range(1990, 2101)
"""Before, no school had e-mail; after, none of this is kept any more."""


class NoLetter(Exception):
    """This is no e-mail (RFC 5322) that says from whom and when."""


@dataclass(frozen=True)
class Letter:
    """An e-mail as it describes itself; `words` is its subject and its text, to look for a reference in."""

    sender: str
    address: str
    sent_at: datetime
    arrived_at: datetime | None
    subject: str
    words: str


def says_who_and_when(content: bytes) -> bool:
    """Whether these bytes are an e-mail: headers of RFC 5322 that say from whom and when. Its body is not looked at."""
    ends = [at for at in (content.find(b"\r\n\r\n"), content.find(b"\n\n")) if at >= 0]
    head = content[: min(ends, default=len(content))]
    if len(head) > _MOST_HEADERS or b"\0" in head or not _HEADER.match(head):
        return False
    try:
        _read(BytesHeaderParser().parsebytes(head), "")
    except (NoLetter, *_WRONG):
        return False
    return True


def is_msg(content: bytes) -> bool:
    """Whether these bytes are an OLE file that lists the properties of a message ([MS-OXMSG] 2.4); no more is read."""
    if not content.startswith(olefile.MAGIC) or content[30:34] not in {b"\x09\x00\x06\x00", b"\x0c\x00\x06\x00"}:
        return False
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as opened:
            return bool(opened.exists(_PROPERTIES))
    except _WRONG:
        return False


def read_letter(content: bytes) -> Letter:
    """Read an e-mail saved as .eml or, by Outlook, as .msg.

    Raises:
        NoLetter: where it is neither, or does not say from whom and when.
    """
    try:
        if content.startswith(olefile.MAGIC):
            return _read_msg(content)
        message = email.message_from_bytes(content[:_MOST_BODY])
        return _read(message, _words(message))
    except _WRONG as error:
        raise NoLetter from error


def _read(message: Message, words: str) -> Letter:
    name, address = map(_text, parseaddr(str(message["From"] or "")))  # first parted: what is encoded parts nothing
    if "@" not in address or message["Date"] is None:
        raise NoLetter
    subject = _text(message["Subject"])
    arrived = str(message["Received"] or "").rpartition(";")[2].strip()
    sent_at = _moment(str(message["Date"]))
    if sent_at is None:
        raise NoLetter
    return Letter(name, address, sent_at, _moment(arrived), subject, f"{subject}\n{words}")


_PROPERTIES, _HEADERS, _SUBJECT, _BODY, _NAME, _ADDRESS = (
    "__properties_version1.0",
    *(f"__substg1.0_{tag}001F" for tag in ("007D", "0037", "1000", "0C1A", "5D01")),
)
"""Where [MS-OXMSG] keeps the properties of a message, and of those the headers it came with, subject, text, sender."""
_SUBMITTED = 0x0039_0040


def _read_msg(content: bytes) -> Letter:
    with olefile.OleFileIO(io.BytesIO(content)) as opened:
        words = _property(opened, _BODY)[:_MOST_WORDS]
        headers = email.message_from_string(_property(opened, _HEADERS)[:_MOST_HEADERS])
        if headers["From"] is not None and headers["Date"] is not None:
            return _read(headers, words)
        name, address, subject = (one_line(_property(opened, wanted)) for wanted in (_NAME, _ADDRESS, _SUBJECT))
        properties = opened.openstream(_PROPERTIES).read(_MOST_HEADERS)
    sent = [value for tag, _, value in struct.iter_unpack("<IIQ", _whole(properties[32:])) if tag == _SUBMITTED]
    if "@" not in address or not sent:
        raise NoLetter
    sent_at = _1601 + timedelta(microseconds=sent[0] // 10)
    if sent_at.year not in _YEARS:
        raise NoLetter
    return Letter(name, address, sent_at, None, subject, f"{subject}\n{words}")


def _property(opened: olefile.OleFileIO, name: str) -> str:
    if not opened.exists(name):
        return ""
    return str(opened.openstream(name).read(2 * _MOST_WORDS).decode("utf-16-le", "replace")).rstrip("\0")


def _whole(properties: bytes) -> bytes:
    return properties[: len(properties) // 16 * 16]


def _moment(text: str) -> datetime | None:
    """When a header says; None where it says no moment. `-0000` says UTC without a place (RFC 5322, 3.3)."""
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if at.year not in _YEARS:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _text(header: object) -> str:
    said = "" if header is None else str(header)
    try:
        return one_line(str(make_header(decode_header(said))))
    except (LookupError, ValueError, MessageError):
        return one_line(said)


def _words(message: Message) -> str:
    """The text of the e-mail, as far as it is text; attachments are not opened."""
    found = ""
    for part in message.walk():
        if part.get_content_maintype() != "text" or part.get_content_disposition() == "attachment":
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            found += payload[:_MOST_WORDS].decode("utf-8", "replace") + "\n"
        if len(found) > _MOST_WORDS:
            break
    return found
