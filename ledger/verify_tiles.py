"""The check of a whole log kept as tiles, by whoever holds the folder: no database, no network, no trust in its maker.

    (1) policy       it can be read: which logs and witnesses the checker trusts
    (2) checkpoint   a trusted log signed it, under its own name, and the witnesses the policy asks for cosigned it
    (3) folder       it holds the files of a log of that size and nothing else
    (4) tree         from the root down, every hash of every tile is the one that was signed for
    (5) entries      every entry gives the hash at its place, is in its fixed form, and names this log
    (6) signature    every entry is signed by a key that this log had enrolled by then

Steps 5 and 6 each read the entries from the folder again. One tile and one entry bundle are in memory at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ledger import body as bodies
from ledger import entry as entries
from ledger import merkle, tiles
from ledger.body import Body
from ledger.checkpoint import Checkpoint
from ledger.enrolled import OWN, KeyHistory
from ledger.errors import VerificationError
from ledger.policy import Trusted, open_checkpoint, parse_policy
from ledger.tiles import WIDTH, Tile

STEPS = ("policy", "checkpoint", "folder", "tree", "entries", "signature")
_LARGEST_CHECKPOINT = 1_000_000


@dataclass(frozen=True)
class Whole:
    """What the check showed: the log's state that was trusted, and how many entries each key signed, by key id."""

    trusted: Trusted
    signed_by: Mapping[str, int]


def verify_tiles(folder: Path, policy: bytes, tell: Callable[[int, str], object]) -> Whole:
    """Check a folder of tiles under a policy, telling the number and outcome of each step as it is passed.

    Raises:
        VerificationError: at the first thing that fails; `step` is its name in `STEPS`, `entry` the leaf index, if any.
    """
    try:
        trust = parse_policy(policy)
    except VerificationError as error:
        raise VerificationError(str(error), step="policy") from error
    witnesses = _number(len(trust.witnesses), "witness", "witnesses")
    tell(1, f"Your policy trusts {_number(len(trust.logs), 'log', 'logs')} and {witnesses}.")
    found = _Folder(folder)
    try:
        trusted = open_checkpoint(found.read(tiles.CHECKPOINT, _LARGEST_CHECKPOINT), trust)
    except VerificationError as error:
        raise VerificationError(str(error), step="checkpoint") from error
    signed = trusted.checkpoint
    cosigned = f", cosigned by {', '.join(trusted.witnesses)}" if trusted.witnesses else ""
    tell(2, f"{signed.origin} signed for {signed.size:,} entries{cosigned}.")
    found.check_names(signed.size)
    tell(3, "The folder holds the files of a log of that size and nothing else.")
    found.check_tree(signed)
    tell(4, "Every tile leads to what was signed.")
    own = [each for each in _walk(found, signed) if each[2].topic.startswith(OWN)]
    tell(5, "Every entry is at its place, in its fixed form, and was made for this log.")
    signed_by = _check_signatures(KeyHistory(own), _walk(found, signed))
    tell(6, f"Every entry is signed by a key the log had enrolled by then: {', '.join(signed_by)}.")
    return Whole(trusted, signed_by)


class _Folder:
    """The files as found; what they hold is believed only once it led to the signed root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str, most: int) -> bytes:
        """Return a file's bytes.

        Raises:
            VerificationError: where it is missing or longer than it may be, in bytes.
        """
        try:
            with (self._folder / name).open("rb") as file:
                content = file.read(most + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise VerificationError(f"{name} is missing.", step="folder") from error
        if len(content) > most:
            raise VerificationError(f"{name} is longer than it may be.", step="folder")
        return content

    def hashes(self, tile: Tile) -> list[bytes]:
        """Return what a tile holds."""
        path = tiles.format_path(tile)
        content = self.read(path, WIDTH * merkle.HASH_SIZE)
        try:
            return tiles.parse_hashes(content, tile.width)
        except VerificationError as error:
            raise VerificationError(f"{path}: {error}", step="tree") from error

    def entries(self, tile: Tile) -> list[bytes]:
        """Return the entries under a tile of level 0."""
        path = tiles.format_path(Tile(tiles.ENTRIES, tile.number, tile.width))
        try:
            return tiles.parse_entries(self.read(path, WIDTH * (entries.LARGEST + 2)), tile.width)
        except VerificationError as error:
            raise VerificationError(f"{path}: {error}", step="entries", entry=tile.number * WIDTH) from error

    def check_names(self, size: int) -> None:
        """Refuse a file that a log of this size does not have."""
        for path in self._folder.rglob("*"):
            name = path.relative_to(self._folder).as_posix()
            if path.is_dir() and not path.is_symlink():
                continue
            if name != tiles.CHECKPOINT and not _belongs(name, size):
                raise VerificationError(f"{name!r} does not belong in the folder.", step="folder")

    def check_tree(self, signed: Checkpoint) -> None:
        """Check every tile from the root down, so that what is named as wrong is what was changed."""
        levels = tiles.levels(signed.size)
        partial = [tiles.partial_tile(level, signed.size) for level in reversed(levels)]
        found = list(tiles.peaks(self.hashes(tile) for tile in partial if tile is not None))
        if len(found) != signed.size.bit_count() or merkle.CompactRange(signed.size, found).root() != signed.root:
            raise VerificationError("The rightmost tiles do not lead to what was signed.", step="tree")
        for level in reversed(levels[:-1]):
            for number in range(tiles.full_tiles(level, signed.size)):
                if number % WIDTH == 0:
                    parent = self.hashes(_tile_over(level + 1, number, signed.size))
                if merkle.root(self.hashes(Tile(level, number))) != parent[number % WIDTH]:
                    name = tiles.format_path(Tile(level, number))
                    raise VerificationError(f"{name} does not lead to what was signed.", step="tree")


def _belongs(name: str, size: int) -> bool:
    try:
        return tiles.belongs(tiles.parse_path(name), size)
    except VerificationError:
        return False


def _tile_over(level: int, number: int, size: int) -> Tile:
    """Return the tile of a level that holds the hash of this number."""
    whole = Tile(level, number // WIDTH)
    last = tiles.partial_tile(level, size)
    return last if last is not None and last.number == whole.number else whole


def _leaf_tiles(size: int) -> Iterator[Tile]:
    last = tiles.partial_tile(0, size)
    return chain(map(_whole, range(tiles.full_tiles(0, size))), [] if last is None else [last])


def _whole(number: int) -> Tile:
    return Tile(0, number)


def _walk(found: _Folder, signed: Checkpoint) -> Iterator[tuple[int, entries.Entry, Body]]:
    """Yield every entry, by rising index, as one that gives the hash at its place and was made for this log."""
    for tile in _leaf_tiles(signed.size):
        hashes = found.hashes(tile)
        for place, content in enumerate(found.entries(tile)):
            index = tile.number * WIDTH + place
            with _at(index, "entries"):
                framed, body = _read_entry(content, hashes[place], signed.origin)
            yield index, framed, body


def _read_entry(content: bytes, expected: bytes, origin: str) -> tuple[entries.Entry, Body]:
    if merkle.leaf_hash(content) != expected:
        raise VerificationError("It is not the entry that was signed for.")
    framed = entries.parse(content)
    body = bodies.decode(framed.body)
    if body.origin != origin:
        raise VerificationError("It was made for another log.")
    return framed, body


def _check_signatures(keys: KeyHistory, walk: Iterable[tuple[int, entries.Entry, Body]]) -> Counter[str]:
    signed_by: Counter[str] = Counter()
    for index, framed, body in walk:
        with _at(index, "signature"):
            signed_by[keys.check(index, framed, body.topic)] += 1
    return signed_by


@contextmanager
def _at(index: int, step: str) -> Iterator[None]:
    """Let a failure say at which entry and step it happened."""
    try:
        yield
    except VerificationError as error:
        raise VerificationError(str(error), step=step, entry=index) from error


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
