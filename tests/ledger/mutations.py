"""Every way that the bytes of a file, or the files of a folder, are changed; and the count of what nobody noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ledger.errors import VerificationError

Members = list[tuple[str, bytes]]


def changed_bytes(content: bytes, every: int = 1) -> Iterator[tuple[str, bytes]]:
    """Each byte with its lowest bit, its highest bit, and all of them changed."""
    for place in range(0, len(content), every):
        for bits in (0x01, 0x80, 0xFF):
            yield f"byte {place} ^ {bits:#x}", content[:place] + bytes([content[place] ^ bits]) + content[place + 1 :]


def cut_and_grown(content: bytes, every: int = 1) -> Iterator[tuple[str, bytes]]:
    """Cut at each byte, at either end, and with a byte put in before each and after the last."""
    for place in range(0, len(content), every):
        yield f"cut at {place}", content[:place]
        yield f"begun at {place + 1}", content[place + 1 :]
        yield f"without byte {place}", content[:place] + content[place + 1 :]
        yield f"with byte {place} twice", content[:place] + content[place : place + 1] + content[place:]
        yield f"with a byte before {place}", content[:place] + b"\x00" + content[place:]
    for more in (b"\x00", b"\n", b" ", content):
        yield f"with {len(more)} bytes after it", content + more


def changed_lines(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Each line left out, given twice, put last, and exchanged with the next."""
    lines = content.splitlines(keepends=True)
    for place, line in enumerate(lines):
        rest = [*lines[:place], *lines[place + 1 :]]
        yield f"without line {place}", b"".join(rest)
        yield f"with line {place} twice", b"".join([*lines[:place], line, *lines[place:]])
        yield f"with line {place} last", b"".join([*rest, line])
    for place in range(len(lines) - 1):
        swapped = [*lines[:place], lines[place + 1], lines[place], *lines[place + 2 :]]
        yield f"with line {place} after the next", b"".join(swapped)


def all_of(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every change of one file."""
    for change, bent in (*changed_bytes(content), *cut_and_grown(content), *changed_lines(content)):
        if bent != content:
            yield change, bent


def changed_members(members: Members) -> Iterator[tuple[str, Members]]:
    """Each member left out, given twice, renamed, emptied, exchanged with the next, and with another's content."""
    for place, (name, content) in enumerate(members):
        before, after = members[:place], members[place + 1 :]
        yield f"without {name}", [*before, *after]
        yield f"with {name} twice", [*before, (name, content), (name, content), *after]
        yield f"with {name} renamed", [*before, (f"{name}x", content), *after]
        yield f"with {name} empty", [*before, (name, b""), *after]
        yield f"with {name} under another's name", [*before, (name, content), ("x" + name, content), *after]
        if after:
            yield f"with {name} after the next", [*before, after[0], (name, content), *after[1:]]
            yield f"with the content of {after[0][0]} in {name}", [*before, (name, after[0][1]), *after]


class Tally:
    """Counts the changes tried and remembers those that were taken for honest."""

    def __init__(self, record: Callable[[str, Any], None]) -> None:
        self._record = record
        self.tried = 0
        self.undetected: list[str] = []

    def try_all(self, changes: Iterable[tuple[str, Any]], check: Callable[[Any], object]) -> None:
        """Check each change; anything but a verification error, or nothing, is an error of the test itself."""
        for change, content in changes:
            self.tried += 1
            try:
                check(content)
            except VerificationError:
                continue
            self.undetected.append(change)

    def close(self, documented: Mapping[str, str] | None = None) -> None:
        """Record the count, and require that what was not noticed is what is documented, change by change."""
        expected = set(documented or {})
        self._record("mutations tried", self.tried)
        self._record("mutations undetected", len(set(self.undetected) - expected))
        assert expected == set(self.undetected)
