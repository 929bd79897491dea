"""The evidence file: a ZIP of entries, their proofs and what is disclosed of them, the same bytes for the same content.

    checkpoint                         the signed checkpoint that every proof ends in
    entries/<9-digit index>.json       the entry's exact bytes
    proofs/<9-digit index>.tlog-proof  c2sp.org/tlog-proof
    disclosures/<9-digit index>.jsonl  the disclosures that the holder may see, one a line; absent where there is none
    files/<9-digit index>/<file id>…   each attached file that they name, with an ending of its kind
    manifest.json                      {"format":…,"origin":…,"scope":{"kind":…,"id":…},"entries":[<index>,…]}

in this order, the middle four for each entry by rising index. The manifest comes last so that a file can be written as
its entries are read. Sealed fields that are not disclosed are not in it in any form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any
from uuid import UUID

from ledger import stored_zip, strict_json
from ledger.errors import VerificationError
from ledger.stored_zip import Member, Writable

FORMAT = "placement-ledger-bundle/1"
_STEP = "evidence file"
_MOST_ENTRIES = 10**9
_FILE = re.compile(r"files/([0-9]{9})/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\.[a-z]{3})")


@dataclass(frozen=True)
class PlacementScope:
    """A file that claims to hold one placement, whole, and what it rested on."""

    placement: UUID


@dataclass(frozen=True)
class EntryScope:
    """A file that claims to hold one entry, named by its leaf index."""

    index: int


Scope = PlacementScope | EntryScope


@dataclass(frozen=True)
class Attached:
    """A file attached to an entry, read when it is wanted."""

    file_id: UUID
    ending: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Item:
    """One entry of a bundle: its leaf index, its bytes, its proof's bytes, its disclosures and its attached files."""

    index: int
    entry: bytes
    proof: bytes
    disclosures: tuple[bytes, ...] = ()
    files: tuple[Attached, ...] = ()


class Bundle:
    """A bundle as found: well formed, nothing of it checked; entries are read from the file whenever asked for."""

    def __init__(self, file: IO[bytes]) -> None:
        """Examine every byte of a seekable file.

        Raises:
            VerificationError: where it is not, byte for byte, what `write_bundle` makes of what it says.
        """
        self._file = file
        members = stored_zip.scan(file)
        if len(members) < 4:
            raise _malformed("it holds no entry")
        first, *self._members, last = members
        self.checkpoint = stored_zip.read(file, first)
        self.origin, self.scope, indices = _read_manifest(stored_zip.read(file, last))
        self.size = len(indices)
        found = [item.index for item in self.items()]
        if (first.name, last.name, found) != ("checkpoint", "manifest.json", indices):
            raise _malformed("its parts are not those its list names")

    def items(self) -> Iterator[Item]:
        """Yield the entries by rising index.

        Raises:
            VerificationError: where the parts are not named and ordered as they must be.
        """
        waiting = list(reversed(self._members))
        last = -1
        while waiting:
            index = _index_of(waiting[-1])
            if index <= last:
                raise _malformed("its entries are not in order")
            last = index
            entry = self._take(waiting, f"entries/{index:09}.json")
            proof = self._take(waiting, f"proofs/{index:09}.tlog-proof")
            lines: tuple[bytes, ...] = ()
            if waiting and waiting[-1].name == f"disclosures/{index:09}.jsonl":
                lines = _lines(self._take(waiting, waiting[-1].name))
            yield Item(index, entry, proof, lines, tuple(self._attached(waiting, index)))

    def _attached(self, waiting: list[Member], index: int) -> Iterator[Attached]:
        while waiting and (found := _FILE.fullmatch(waiting[-1].name)) and int(found[1]) == index:
            yield Attached(UUID(found[2]), found[3], partial(stored_zip.read, self._file, waiting.pop()))

    def _take(self, waiting: list[Member], name: str) -> bytes:
        if not waiting or waiting[-1].name != name:
            raise _malformed(f"{name} is missing or out of place")
        return stored_zip.read(self._file, waiting.pop())


def write_bundle(out: Writable, origin: str, scope: Scope, checkpoint: bytes, items: Iterable[Item]) -> None:
    """Write a bundle as its items come; they must come by rising index.

    Raises:
        ArchiveTooLarge: where they are too many for one file.
    """
    archive = stored_zip.Writer(out)
    archive.add("checkpoint", checkpoint)
    indices = []
    for item in items:
        indices.append(item.index)
        archive.add(f"entries/{item.index:09}.json", item.entry)
        archive.add(f"proofs/{item.index:09}.tlog-proof", item.proof)
        if item.disclosures:
            archive.add(f"disclosures/{item.index:09}.jsonl", b"".join(line + b"\n" for line in item.disclosures))
        for file in item.files:
            archive.add(f"files/{item.index:09}/{file.file_id}{file.ending}", file.read())
    archive.add("manifest.json", _format_manifest(origin, scope, indices))
    archive.close()


def _format_manifest(origin: str, scope: Scope, indices: list[int]) -> bytes:
    named = (
        {"kind": "placement", "id": str(scope.placement)}
        if isinstance(scope, PlacementScope)
        else {"kind": "entry", "id": scope.index}
    )
    return strict_json.encode({"format": FORMAT, "origin": origin, "scope": named, "entries": indices})


def _read_manifest(content: bytes) -> tuple[str, Scope, list[int]]:
    match strict_json.decode(content):
        case {"format": "placement-ledger-bundle/1", "origin": str(origin), "scope": scope, "entries": list(entries)}:
            indices = [_index(each) for each in entries]
            read = origin, _read_scope(scope), indices
            if _format_manifest(*read) == content:
                return read
    raise _malformed("its list of contents is not as it must be")


def _read_scope(scope: Any) -> Scope:
    match scope:
        case {"kind": "placement", "id": str(name)}:
            try:
                return PlacementScope(UUID(name))
            except ValueError as error:
                raise _malformed("it does not say which placement it is about") from error
        case {"kind": "entry", "id": index}:
            return EntryScope(_index(index))
    raise _malformed("it does not say what it is about")


def _index(value: Any) -> int:
    # bool is an int to Python, not to whoever reads the JSON.
    if type(value) is not int or not 0 <= value < _MOST_ENTRIES:
        raise _malformed("an entry's number is not one")
    return value


def _index_of(member: Member) -> int:
    folder, _, file = member.name.partition("/")
    digits = file.removesuffix(".json")
    if folder != "entries" or len(digits) != 9 or not digits.isdecimal():
        raise _malformed(f"{member.name} does not belong in it")
    return int(digits)


def _lines(content: bytes) -> tuple[bytes, ...]:
    *lines, rest = content.split(b"\n")
    if not lines or rest or not all(lines):
        raise _malformed("its disclosures are not one a line")
    return tuple(lines)


def _malformed(what: str) -> VerificationError:
    return VerificationError(f"This is not an evidence file as it must be: {what}.", step=_STEP)
