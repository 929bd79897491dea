"""The demo's documents, made here byte by byte: small PDFs and e-mails that say plainly that they are invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from domain.parts import EvidenceFile
from domain.values import LONDON
from ledger.attachments import AttachedFile
from web.file_names import cleaned
from web.file_types import recognised

_DEMO = "DEMO: everybody and everything in this document is invented."


def attached(file_id: UUID, name: str, content: bytes) -> dict[str, Any]:
    """A document as a command takes it, and as it is handed through."""
    kind = recognised(content)
    shown = cleaned(name, kind.extensions)
    file = EvidenceFile(file_id, shown, kind.media_type, len(content), sha256(content).hexdigest())
    return {"evidence": (file,), "files": (AttachedFile(file_id, content),)}


def letter(*lines: str) -> bytes:
    """A PDF of one page."""
    shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in (*lines, "", _DEMO))
    stream = f"BT /F1 11 Tf 15 TL 60 780 Td\n{shown}ET".encode("latin-1", "replace")
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )


def mail(sender: str, day: date, subject: str, *lines: str) -> bytes:
    """An e-mail as a mail program saves it."""
    sent = format_datetime(datetime.combine(day, time(10, 15), LONDON))
    address = f"{sender.lower().replace(' ', '.')}@authority.example"
    head = (f"From: {sender} <{address}>", "To: ap@school.example", f"Date: {sent}", f"Subject: {subject}")
    return "\r\n".join((*head, "", *lines, "", _DEMO, "")).encode()


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _pdf(*objects: bytes) -> bytes:
    """Put objects into a file with its table of where each begins (ISO 32000-1, 7.5)."""
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    return made + _table(places, len(made))


def _table(places: Sequence[int], start: int) -> bytes:
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(places) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return b"xref\n0 %d\n0000000000 65535 f \n%b%b" % (count, rows, trailer)
