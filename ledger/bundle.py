"""The evidence file: a ZIP of entries, their proofs and what is disclosed of them, the same bytes for the same content.

    README.txt                              what this is and how to check it, for people; no part of the evidence
    checkpoint                              the signed checkpoint that every proof ends in
    checkpoints/<9-digit size>.note         an earlier signed checkpoint, by rising size
    checkpoints/<9-digit size>.consistency  the proof that the tree only grew since: base64 hashes, one a line
    timestamps/<9-digit size>.tsr           an authority's answer about that checkpoint (RFC 3161); absent where none
    entries/<9-digit index>.json            the entry's exact bytes
    proofs/<9-digit index>.tlog-proof       c2sp.org/tlog-proof
    disclosures/<9-digit index>.jsonl       the disclosures that the holder may see, one a line; absent where none
    files/<9-digit index>/<file id>…        each attached file that they name, with an ending of its kind
    index.html                              the report, as `ledger.report` makes it of the entries above
    verify.pyz                              the program that checks the file, for whoever decides to trust it
    manifest.json                           {"format":…,"report":…,"origin":…,"scope":{…},"entries":<how many>}

in this order, the middle four for each entry by rising index. Report and manifest come last so that a file can be
written as its entries are read. Sealed fields that are not disclosed are not in it in any form.

Files of the first form, `placement-ledger-bundle/1`, are read still: they begin with `checkpoint`, have no earlier
ones, no report and no program, and list the indexes of their entries.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any
from uuid import UUID

from ledger import scope as scopes
from ledger import stored_zip, strict_json
from ledger.errors import VerificationError
from ledger.scope import EntryScope, PlacementScope, Scope
from ledger.stored_zip import Member, Writable

FORMAT = "placement-ledger-bundle/2"
_FIRST_FORMAT = "placement-ledger-bundle/1"
_STEP = "evidence file"
_FILE = re.compile(r"files/([0-9]{9})/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\.[a-z]{3})")
_MOST_HASHES = 64


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


@dataclass(frozen=True)
class Earlier:
    """An earlier signed checkpoint, the hashes from it to the newest, and a time stamp of it where there is one."""

    size: int
    note: bytes
    hashes: tuple[bytes, ...]
    timestamp: bytes | None = None


@dataclass(frozen=True)
class Cover:
    """What a bundle says of itself beside its entries; `report` is the version of the form its report has."""

    origin: str
    scope: Scope
    checkpoint: bytes
    earlier: tuple[Earlier, ...] = ()
    report: int = 1


class Bundle:
    """A bundle as found: well formed, nothing of it checked; entries are read from the file whenever asked for.

    `report` and `program` are its last two parts as found; None in a file of the first form.
    """

    report: bytes | None = None
    program: bytes | None = None

    def __init__(self, file: IO[bytes]) -> None:
        """Examine every byte of a seekable file.

        Raises:
            VerificationError: where it is not, byte for byte, what `write_bundle` makes of what it says.
        """
        self._file = file
        members = stored_zip.scan(file)
        if len(members) < 4 or members[-1].name != "manifest.json":
            raise _malformed("it holds no entry, or no list of contents")
        waiting = list(reversed(members[:-1]))
        manifest = stored_zip.read(file, members[-1])
        listed = _read_first_manifest(manifest)
        if listed is None:
            self._read_parts(waiting, manifest)
        else:
            checkpoint = self._take(waiting, "checkpoint")
            self.cover = Cover(*listed[:2], checkpoint)
            self.size = len(listed[2])
            self._members = waiting
            if [item.index for item in self.items()] != listed[2]:
                raise _malformed("its parts are not those its list names")

    @property
    def is_first_form(self) -> bool:
        """Whether it is of the form that has neither report nor statement of completeness."""
        return self.report is None

    def _read_parts(self, waiting: list[Member], manifest: bytes) -> None:
        self._take(waiting, "README.txt")
        checkpoint = self._take(waiting, "checkpoint")
        earlier = tuple(self._earlier(waiting))
        self.program = self._take(waiting, "verify.pyz", at=0)
        self.report = self._take(waiting, "index.html", at=0)
        self._members = waiting
        self.size = sum(1 for _ in self.items())
        origin, scope, report = _read_manifest(manifest, self.size)
        self.cover = Cover(origin, scope, checkpoint, earlier, report)

    def _earlier(self, waiting: list[Member]) -> Iterator[Earlier]:
        last = -1
        while waiting and (found := re.fullmatch(r"checkpoints/([0-9]{9})\.note", waiting[-1].name)):
            size = int(found[1])
            if size <= last:
                raise _malformed("its checkpoints are not in order")
            last = size
            note = self._take(waiting, waiting[-1].name)
            hashes = _hashes(self._take(waiting, f"checkpoints/{size:09}.consistency"))
            stamp = f"timestamps/{size:09}.tsr"
            has_stamp = bool(waiting) and waiting[-1].name == stamp
            yield Earlier(size, note, hashes, self._take(waiting, stamp) if has_stamp else None)

    def items(self) -> Iterator[Item]:
        """Yield the entries by rising index.

        Raises:
            VerificationError: where the parts are not named and ordered as they must be.
        """
        waiting = list(self._members)
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

    def _take(self, waiting: list[Member], name: str, at: int = -1) -> bytes:
        if not waiting or waiting[at].name != name:
            raise _malformed(f"{name} is missing or out of place")
        return stored_zip.read(self._file, waiting.pop(at))


def write_bundle(
    out: Writable,
    cover: Cover,
    items: Iterable[Item],
    *,
    readme: bytes,
    report: Callable[[], bytes],
    program: bytes,
) -> None:
    """Write a bundle as its items come, by rising index; `report` is asked for once they are through.

    Raises:
        ArchiveTooLarge: where they are too many for one file.
    """
    archive = stored_zip.Writer(out)
    archive.add("README.txt", readme)
    archive.add("checkpoint", cover.checkpoint)
    for point in cover.earlier:
        archive.add(f"checkpoints/{point.size:09}.note", point.note)
        lines = b"".join(b64encode(each) + b"\n" for each in point.hashes)
        archive.add(f"checkpoints/{point.size:09}.consistency", lines)
        if point.timestamp is not None:
            archive.add(f"timestamps/{point.size:09}.tsr", point.timestamp)
    count = 0
    for count, item in enumerate(items, 1):  # noqa: B007 - how many they were is wanted after
        _write_item(archive, item)
    archive.add("index.html", report())
    archive.add("verify.pyz", program)
    archive.add("manifest.json", _format_manifest(cover, count))
    archive.close()


def _write_item(archive: stored_zip.Writer, item: Item) -> None:
    archive.add(f"entries/{item.index:09}.json", item.entry)
    archive.add(f"proofs/{item.index:09}.tlog-proof", item.proof)
    if item.disclosures:
        archive.add(f"disclosures/{item.index:09}.jsonl", b"".join(line + b"\n" for line in item.disclosures))
    for file in item.files:
        archive.add(f"files/{item.index:09}/{file.file_id}{file.ending}", file.read())


def _format_manifest(cover: Cover, count: int) -> bytes:
    about = {"origin": cover.origin, "scope": scopes.spell(cover.scope), "entries": count}
    return strict_json.encode({"format": FORMAT, "report": cover.report, **about})


def _read_manifest(content: bytes, count: int) -> tuple[str, Scope, int]:
    match strict_json.decode(content):
        case {"report": report, "origin": str(origin), "scope": value}:
            scope = scopes.read(value)
            read = Cover(origin, scope, b"", (), scopes.leaf_index(report))
            if _format_manifest(read, count) == content:
                return read.origin, scope, read.report
    raise _malformed("its list of contents is not as it must be, or not of what it holds")


def _read_first_manifest(content: bytes) -> tuple[str, Scope, list[int]] | None:
    """Read the list of contents of a file of the first form; None where it is of another."""
    match strict_json.decode(content):
        case {"format": "placement-ledger-bundle/1", "origin": str(origin), "scope": value, "entries": list(entries)}:
            indices = list(map(scopes.leaf_index, entries))
            scope = _read_first_scope(value)
            about = scope.placement if isinstance(scope, PlacementScope) else scope.index
            kind = "placement" if isinstance(scope, PlacementScope) else "entry"
            named = {"kind": kind, "id": str(about) if isinstance(about, UUID) else about}
            written = {"format": _FIRST_FORMAT, "origin": origin, "scope": named, "entries": indices}
            if strict_json.encode(written) == content:
                return origin, scope, indices
            raise _malformed("its list of contents is not as it must be")
    return None


def _read_first_scope(scope: Any) -> PlacementScope | EntryScope:
    match scope:
        case {"kind": "placement", "id": str(name)}:
            try:
                return PlacementScope(UUID(name))
            except ValueError as error:
                raise _malformed("it does not say which placement it is about") from error
        case {"kind": "entry", "id": index}:
            return EntryScope(scopes.leaf_index(index))
    raise _malformed("it does not say what it is about")


def _hashes(content: bytes) -> tuple[bytes, ...]:
    try:
        hashes = tuple(b64decode(line, validate=True) for line in content.split(b"\n")[:-1])
    except ValueError as error:
        raise _malformed("a proof between two checkpoints is not base64") from error
    written = b"".join(b64encode(each) + b"\n" for each in hashes)
    if written != content or len(hashes) > _MOST_HASHES or any(len(each) != 32 for each in hashes):
        raise _malformed("a proof between two checkpoints is not as it must be")
    return hashes


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
