"""The evidence file: a ZIP of entries, their proofs and what is disclosed of them, the same bytes for the same content.

    manifest.json                      {"format","origin","scope":{"kind","id"},"entries":[<index>,…]}
    checkpoint                         the signed checkpoint that every proof ends in
    entries/<9-digit index>.json       the entry's exact bytes
    proofs/<9-digit index>.tlog-proof  c2sp.org/tlog-proof
    disclosures/<9-digit index>.jsonl  the disclosures that the holder may see; absent where there is none

Members are stored, in this order, with fixed times and flags. Reading writes the same file again beside it and compares,
so that no byte of the container is left unexamined. Sealed fields that are not disclosed are not in it in any form.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from ledger.errors import VerificationError

FORMAT = "placement-ledger-bundle/1"
_STEP = "evidence file"
_LARGEST_MEMBER = 4_000_000
_TIME = (1980, 1, 1, 0, 0, 0)


class Writable(Protocol):
    """Where a bundle goes: a file or a response that is sent as it is made."""

    def write(self, content: bytes, /) -> object:
        """Take the next bytes."""


@dataclass(frozen=True)
class Scope:
    """What a bundle claims to hold: `placement` with the placement's id, or `entry` with the leaf index."""

    kind: str
    id: str


@dataclass(frozen=True)
class Item:
    """One entry of a bundle: its leaf index, its bytes, its proof's bytes and the disclosures that come with it."""

    index: int
    entry: bytes
    proof: bytes
    disclosures: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Bundle:
    """A bundle as read: well formed, nothing of it checked yet."""

    origin: str
    scope: Scope
    checkpoint: bytes
    items: tuple[Item, ...]


def write_bundle(
    out: Writable, origin: str, scope: Scope, checkpoint: bytes, indices: Sequence[int], items: Iterable[Item]
) -> None:
    """Write a bundle, one item at a time; `indices` are those of the items, rising."""
    manifest = {
        "format": FORMAT,
        "origin": origin,
        "scope": {"kind": scope.kind, "id": scope.id},
        "entries": list(indices),
    }
    with zipfile.ZipFile(_Forward(out), "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload] # write is all it needs
        _add(archive, "manifest.json", json.dumps(manifest, separators=(",", ":"), ensure_ascii=False).encode())
        _add(archive, "checkpoint", checkpoint)
        for item in items:
            _add(archive, f"entries/{item.index:09}.json", item.entry)
            _add(archive, f"proofs/{item.index:09}.tlog-proof", item.proof)
            if item.disclosures:
                _add(archive, f"disclosures/{item.index:09}.jsonl", b"".join(line + b"\n" for line in item.disclosures))


def read_bundle(file: IO[bytes]) -> Bundle:
    """Read a bundle from a seekable file.

    Raises:
        VerificationError: where it is not, byte for byte, what `write_bundle` makes of what it says.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            bundle = _parse(_members(archive))
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, NotImplementedError, RecursionError, OSError) as error:
        raise VerificationError("This is not an evidence file, or it was damaged.", step=_STEP) from error
    file.seek(0)
    compare = _Compare(file)
    write_bundle(
        compare, bundle.origin, bundle.scope, bundle.checkpoint, [item.index for item in bundle.items], bundle.items
    )
    if file.read(1):
        raise VerificationError("The evidence file has bytes that belong to nothing.", step=_STEP)
    return bundle


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _TIME)
    info.create_system = 3
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


def _members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for info in archive.infolist():
        if info.compress_type != zipfile.ZIP_STORED or info.file_size > _LARGEST_MEMBER or info.filename in contents:
            raise ValueError("a member is packed, too large or there twice")
        contents[info.filename] = archive.read(info)
    return contents


def _parse(contents: dict[str, bytes]) -> Bundle:
    manifest = json.loads(contents.pop("manifest.json").decode())
    if manifest["format"] != FORMAT or set(manifest["scope"]) != {"kind", "id"}:
        raise ValueError("the format is another")
    checkpoint = contents.pop("checkpoint")
    items = tuple(_items(manifest["entries"], contents))
    if contents:
        raise ValueError("there are members the manifest does not name")
    return Bundle(str(manifest["origin"]), Scope(**manifest["scope"]), checkpoint, items)


def _items(indices: Sequence[object], contents: dict[str, bytes]) -> Iterator[Item]:
    last = -1
    for index in indices:
        if type(index) is not int or not last < index < 10**9:
            raise ValueError("the entries are not in order")
        last = index
        lines = contents.pop(f"disclosures/{index:09}.jsonl", b"")
        if lines and re.fullmatch(rb"(?:[^\n]+\n)+", lines) is None:
            raise ValueError("a line is not ended")
        disclosures = tuple(lines.split(b"\n")[:-1])
        yield Item(
            index, contents.pop(f"entries/{index:09}.json"), contents.pop(f"proofs/{index:09}.tlog-proof"), disclosures
        )


class _Forward:
    """A file that can only be written on, so that the bytes are the same whether they go to a disk or a browser."""

    def __init__(self, out: Writable) -> None:
        self._out = out

    def write(self, content: bytes) -> int:
        self._out.write(content)
        return len(content)

    def flush(self) -> None:
        """Nothing is held back."""


class _Compare:
    """Takes what is written only where the original says the same."""

    def __init__(self, original: IO[bytes]) -> None:
        self._original = original

    def write(self, content: bytes) -> None:
        if self._original.read(len(content)) != content:
            raise VerificationError("The evidence file was damaged or put together by other means.", step=_STEP)
