"""ZIP files of one byte form: members stored one after the other, nothing else in them, readable by any ZIP program.

    for each member   local header (30 bytes), name, content
    for each member   central header (46 bytes), name
    end record        22 bytes; from 65,535 members on, the 76 bytes before it count them (ZIP64)

Every field that is not a length, an offset or the CRC-32 has one value: version 2.0, flag 0x0800 (names are UTF-8),
stored, 1 January 1980, ordinary file with mode 0644, no extra field, no comment. So the same members give the same
bytes, written as they come, and a reader knows every byte outside the contents before it looks. ZIP's general rules
leave room for two programs to see two different archives in one file; these do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import IO, Protocol
from zlib import crc32

from ledger.errors import LedgerError, VerificationError

MOST_MEMBERS = 1_000_000
"""Each takes a quarter of a kilobyte of memory while a file is written or read."""
LARGEST_MEMBER = 10_000_000
"""Bytes; as large as an attached file may be, and little enough to hold in memory."""

_STEP = "evidence file"
_LARGEST = 2**32 - 1
_LOCAL = Struct("<4s5H3I2H")
_CENTRAL = Struct("<4s6H3I5H2I")
_END = Struct("<4s4H2IH")
_COUNT = Struct("<4sQ2H2I4Q")
_COUNT_AT = Struct("<4sIQI")
_VERSION, _UNIX_VERSION, _UTF8, _STORED, _MIDNIGHT, _NEW_YEAR_1980 = 20, 3 << 8 | 20, 0x0800, 0, 0, 1 << 5 | 1
_MODE = 0o100644 << 16
_UNCOUNTED, _COUNTED, _UNIX_COUNTED = 0xFFFF, 45, 3 << 8 | 45


class ArchiveTooLarge(LedgerError):
    """There is more to write than this form of ZIP can hold."""


class Writable(Protocol):
    """Where an archive goes: a file, or a response that is sent as it is made."""

    def write(self, content: bytes, /) -> object:
        """Take the next bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its name, where its local header begins, its content's length and CRC-32."""

    name: str
    offset: int
    size: int
    crc: int


class Writer:
    """Writes an archive member by member; nothing is kept but the list for its end."""

    def __init__(self, out: Writable) -> None:
        self._out = out
        self._offset = 0
        self._members: list[Member] = []

    def add(self, name: str, content: bytes) -> None:
        """Write one member.

        Raises:
            ArchiveTooLarge: where it is too large, or there are too many.
        """
        member = Member(name, self._offset, len(content), crc32(content))
        header = _local(member)
        self._offset += len(header) + len(content)
        if len(content) > LARGEST_MEMBER or len(self._members) == MOST_MEMBERS or self._offset > _LARGEST:
            raise ArchiveTooLarge("This is more than one evidence file can hold.")
        self._members.append(member)
        self._out.write(header)
        self._out.write(content)

    def close(self) -> None:
        """Write what comes after the last member."""
        for part in _tail(self._members, self._offset):
            self._out.write(part)


def scan(file: IO[bytes]) -> list[Member]:
    """Return the members of a seekable file in order, holding one at a time.

    Raises:
        VerificationError: where any byte is not the one a `Writer` would have written around these contents.
    """
    file.seek(0)
    members: list[Member] = []
    offset = 0
    while (fixed := file.read(_LOCAL.size))[:4] == b"PK\x03\x04":
        member, header = _read_local(file, fixed, offset)
        if len(members) == MOST_MEMBERS or fixed + member.name.encode() != header:
            raise _damaged(member.name)
        members.append(member)
        offset += len(header) + member.size
        if offset > _LARGEST:
            raise _damaged()
    file.seek(offset)
    for part in _tail(members, offset):
        if file.read(len(part)) != part:
            raise _damaged()
    if file.read(1):
        raise _damaged()
    return members


def read(file: IO[bytes], member: Member) -> bytes:
    """Return the content of a member that `scan` found.

    Raises:
        VerificationError: where the file has changed since.
    """
    file.seek(member.offset + _LOCAL.size + len(member.name.encode()))
    content = file.read(member.size)
    if len(content) != member.size or crc32(content) != member.crc:
        raise _damaged(member.name)
    return content


def _read_local(file: IO[bytes], fixed: bytes, offset: int) -> tuple[Member, bytes]:
    """Read on after a local header's fixed part; return the member and the header it ought to have had."""
    if len(fixed) != _LOCAL.size:
        raise _damaged()
    *_, size, name_size, _extra = _LOCAL.unpack(fixed)
    if size > LARGEST_MEMBER:
        raise _damaged()
    name = file.read(name_size)
    content = file.read(size)
    if len(content) != size or not name.isascii():
        raise _damaged()
    member = Member(name.decode("ascii"), offset, size, crc32(content))
    return member, _local(member)


def _local(member: Member) -> bytes:
    name = member.name.encode()
    sizes = (member.crc, member.size, member.size, len(name), 0)
    return _LOCAL.pack(b"PK\x03\x04", _VERSION, _UTF8, _STORED, _MIDNIGHT, _NEW_YEAR_1980, *sizes) + name


def _tail(members: list[Member], offset: int) -> Iterator[bytes]:
    length = 0
    for member in members:
        name = member.name.encode()
        how = (_UNIX_VERSION, _VERSION, _UTF8, _STORED, _MIDNIGHT, _NEW_YEAR_1980)
        sizes = (member.crc, member.size, member.size, len(name))
        header = _CENTRAL.pack(b"PK\x01\x02", *how, *sizes, 0, 0, 0, 0, _MODE, member.offset) + name
        length += len(header)
        yield header
    count = len(members)
    if count >= _UNCOUNTED:
        own = _COUNT.size - 12  # without its signature and this very field
        yield _COUNT.pack(b"PK\x06\x06", own, _UNIX_COUNTED, _COUNTED, 0, 0, count, count, length, offset)
        yield _COUNT_AT.pack(b"PK\x06\x07", 0, offset + length, 1)
    told = min(count, _UNCOUNTED)
    yield _END.pack(b"PK\x05\x06", 0, 0, told, told, length, offset, 0)


def _damaged(part: str | None = None) -> VerificationError:
    where = "" if part is None else f" Look at its part {part}."
    return VerificationError(
        f"This is not an evidence file, or it was damaged or put together by other means.{where}", step=_STEP
    )
