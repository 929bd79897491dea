"""Documents to upload: small, made here, each honestly what it is or dishonestly what an attack needs."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00?\x00\xd2\xcf\xff\xd9"
)
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200 + b"PE\x00\x00" + b"\x00" * 500
_SECTOR, _FREE, _END, _FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def letter(subject: str = "Consent", text: str = "Agreed, go ahead.", **headers: str) -> bytes:
    """An e-mail as saved by most programs."""
    said = {
        "From": "Vera Ploughwright <v.ploughwright@easterby.example>",
        "Date": "Tue, 08 Sep 2026 10:15:00 +0100",
        "Subject": subject,
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
    return f"{head}\r\n{text}\r\n".encode()


def archive(**members: bytes) -> bytes:
    """A ZIP file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return made.getvalue()


def outlook(streams: Mapping[str, bytes] | None = None, *, message: bool = True) -> bytes:
    """An OLE file ([MS-CFB], version 3) that holds these streams; a message has the stream of properties."""
    held = {"__properties_version1.0": b"\x00" * 32, **(streams or {})} if message else dict(streams or {"Word": b"x"})
    # Streams under 4,096 bytes would go to the mini stream: each is filled up, so that none does.
    contents = [content.ljust(4096, b"\x00") for content in held.values()]
    entries = [_entry("Root Entry", 5, child=1 if held else _FREE)]
    sectors: list[bytes] = []
    chains: list[int] = []
    for number, (name, content) in enumerate(zip(held, contents, strict=True), 1):
        right = number + 1 if number < len(held) else _FREE
        entries.append(_entry(name, 2, right=right, start=len(sectors), size=len(content)))
        count = -(-len(content) // _SECTOR)
        chains += [*range(len(sectors) + 1, len(sectors) + count), _END]
        sectors += [content[at : at + _SECTOR].ljust(_SECTOR, b"\x00") for at in range(0, len(content), _SECTOR)]
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * _SECTOR, b"\x00")
    first, count = len(sectors), len(directory) // _SECTOR
    chains += [*range(first + 1, first + count), _END]
    sectors += [directory[at : at + _SECTOR] for at in range(0, len(directory), _SECTOR)]
    fats = 1
    while (len(sectors) + fats) * 4 > fats * _SECTOR:
        fats += 1
    chains += [_FAT] * fats
    table = struct.pack(f"<{len(chains)}I", *chains).ljust(fats * _SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\x00" * 10 + struct.pack("<IIIIIIII", fats, first, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(len(sectors), len(sectors) + fats), *[_FREE] * (109 - fats))
    return header + b"".join(sectors) + table


def _entry(name: str, kind: int, *, child: int = _FREE, right: int = _FREE, start: int = 0, size: int = 0) -> bytes:
    spelt = name.encode("utf-16-le") + b"\x00\x00"
    links = struct.pack("<III", _FREE, right, child)
    return (
        spelt.ljust(64, b"\x00")
        + struct.pack("<HBB", len(spelt), kind, 1)
        + links
        + b"\x00" * 36
        + struct.pack("<IQ", start, size)
    )
