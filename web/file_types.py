"""What kind of document a file is, by its content alone; its name proves nothing, and nothing in it is unpacked."""

from __future__ import annotations

from dataclasses import dataclass

from web import letters

LARGEST = 10_000_000
"""Bytes of one file; what a scanner makes of twenty pages fits well."""

ACCEPTED = "PDF, JPEG, PNG, or an e-mail saved as .eml or .msg"


class NotTaken(Exception):
    """A file that is not kept; the message says why and what would be."""


@dataclass(frozen=True)
class Kind:
    """A kind of document that is kept."""

    media_type: str
    extensions: tuple[str, ...]
    called: str


PDF = Kind("application/pdf", (".pdf",), "PDF")
PNG = Kind("image/png", (".png",), "PNG image")
JPEG = Kind("image/jpeg", (".jpg", ".jpeg"), "JPEG image")
EML = Kind("message/rfc822", (".eml",), "E-mail")
MSG = Kind("application/vnd.ms-outlook", (".msg",), "Outlook e-mail")
KINDS = {kind.media_type: kind for kind in (PDF, PNG, JPEG, EML, MSG)}

_ZIP_END, _ZIP64_END, _ZIP_LISTED = b"PK\x05\x06", b"PK\x06\x07", b"PK\x01\x02"
_PNG_START, _PNG_END = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\x00\x00\x00\x00IEND\xaeB`\x82"
_LONGEST_COMMENT = 65_535


def recognised(content: bytes) -> Kind:
    """Return what kind of document this is.

    Raises:
        NotTaken: where it is none of those that are kept, is too large, or is two kinds at once.
    """
    if not content:
        raise NotTaken("is empty. Choose the document itself.")
    refuse_too_large(len(content))
    kind = next((kind for kind, is_one in _TESTS if is_one(content)), None)
    if kind is None:
        raise NotTaken(f"is not a kind of document that is kept here, whatever its name. Choose a {ACCEPTED}.")
    if kind is not MSG and _ends_as_archive(content):
        raise NotTaken(f"is also an archive of other files. Choose the document itself: a {ACCEPTED}.")
    return kind


def refuse_too_large(size: int) -> None:
    """Refuse a file by its size in bytes.

    Raises:
        NotTaken: where it is too large.
    """
    if size > LARGEST:
        raise NotTaken(
            f"is {megabytes(size)}. A file may be up to {megabytes(LARGEST)}: scan it at a lower resolution,"
            " or split it."
        )


def megabytes(size: int) -> str:
    """A size as people say it."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{size / 1_000_000:.1f}".removesuffix(".0") + " MB"


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-1024:]


def _is_png(content: bytes) -> bool:
    return content.startswith(_PNG_START) and content.endswith(_PNG_END)


def _is_jpeg(content: bytes) -> bool:
    """Walk the marker segments (ITU T.81, B.1) up to the picture itself, whose size must have been said by then."""
    at, sized = 2, False
    while content.startswith(b"\xff\xd8\xff") and at + 4 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:
            return sized
        sized = sized or (0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC})
        at += 2 + max(length, 2)
    return False


def _ends_as_archive(content: bytes) -> bool:
    """Whether a ZIP program would take the file for an archive: an end record lies where such programs look for one."""
    first = max(0, len(content) - 22 - _LONGEST_COMMENT)
    at = content.find(_ZIP_END, first)
    while at >= 0:
        if _ends_archive(content, at):
            return True
        at = content.find(_ZIP_END, at + 1)
    return False


def _ends_archive(content: bytes, at: int) -> bool:
    """Whether an end record (APPNOTE 4.3.16) closes the file, or has its directory before it or where it says.

    Programs overlook what follows the record, so that it need not be its comment.
    """
    size, offset, comment = (
        int.from_bytes(content[at + a : at + b], "little") for a, b in ((12, 16), (16, 20), (20, 22))
    )
    closes = at + 22 + comment == len(content)
    listed = any(start >= 0 and content.startswith(_ZIP_LISTED, start) for start in (at - size, offset))
    return closes or listed or content.startswith(_ZIP64_END, max(0, at - 20))


_TESTS = ((PDF, _is_pdf), (PNG, _is_png), (JPEG, _is_jpeg), (MSG, letters.is_msg), (EML, letters.says_who_and_when))
