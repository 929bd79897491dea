"""c2sp.org/tlog-tiles: the whole log as files that never change once they are full.

    checkpoint                 the signed checkpoint
    tile/<L>/<N>[.p/<W>]       W hashes of 32 bytes: roots of complete subtrees of 256^L entries, from the N·256th on
    tile/entries/<N>[.p/<W>]   the W entries under tile/0/<N>, each its length (2 bytes, big-endian) and itself

L is decimal, N in groups of three digits of which all but the last begin with an x (1234067 is x001/x234/067). A full
tile is 256 wide and has no suffix; the rightmost of each level is partial, unless it would be empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger import entry, merkle
from ledger.errors import VerificationError

CHECKPOINT = "checkpoint"
ENTRIES = -1
"""The level of entry bundles, which their path spells out."""
HEIGHT = 8
WIDTH = 1 << HEIGHT

_STEP = "tiles"
_TOP_LEVEL = 63
_LARGEST_NUMBER = 2**63 - 1
_PATH = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


@dataclass(frozen=True)
class Tile:
    """A tile's place, or an entry bundle's: its level, its number in the level, how many hashes or entries it holds."""

    level: int
    number: int
    width: int = WIDTH


def format_path(tile: Tile) -> str:
    """Return where a tile lies below the log's address or folder."""
    level = "entries" if tile.level == ENTRIES else str(tile.level)
    digits = str(tile.number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *first, last = (digits[start : start + 3] for start in range(0, len(digits), 3))
    number = "".join(f"x{each}/" for each in first) + last
    return f"tile/{level}/{number}" + ("" if tile.width == WIDTH else f".p/{tile.width}")


def parse_path(path: str) -> Tile:
    """Read where a tile lies.

    Raises:
        VerificationError: where it is not exactly what `format_path` makes of what it says.
    """
    found = _PATH.fullmatch(path)
    if found is None:
        raise _malformed(f"{path!r} is not where a tile lies")
    level = ENTRIES if found[1] == "entries" else int(found[1])
    digits = re.sub("[x/]", "", found[2])
    tile = Tile(level, int(digits) if len(digits) < 40 else -1, WIDTH if found[3] is None else int(found[3]))
    if level > _TOP_LEVEL or not 0 <= tile.number <= _LARGEST_NUMBER or format_path(tile) != path:
        raise _malformed(f"{path!r} is not where a tile lies")
    return tile


def levels(size: int) -> range:
    """Return the levels that the tree of a log of this size has tiles of."""
    return range(-(-size.bit_length() // HEIGHT))


def full_tiles(level: int, size: int) -> int:
    """Return how many full tiles a level has; entry bundles are as many as the tiles of level 0."""
    return size >> (HEIGHT * (max(level, 0) + 1))


def partial_tile(level: int, size: int) -> Tile | None:
    """Return the rightmost tile of a level, or None where the full ones leave nothing over."""
    width = (size >> (HEIGHT * max(level, 0))) % WIDTH
    return Tile(level, full_tiles(level, size), width) if width else None


def belongs(tile: Tile, size: int) -> bool:
    """Return whether a log of this size has this tile."""
    if tile.level not in (ENTRIES, *levels(size)):
        return False
    whole = tile.width == WIDTH and tile.number < full_tiles(tile.level, size)
    return whole or tile == partial_tile(tile.level, size)


def format_hashes(hashes: Iterable[bytes]) -> bytes:
    """Return a tile's bytes."""
    return b"".join(hashes)


def parse_hashes(content: bytes, width: int) -> list[bytes]:
    """Read a tile of this width.

    Raises:
        VerificationError: where it does not hold so many hashes and nothing else.
    """
    if len(content) != width * merkle.HASH_SIZE:
        raise _malformed(f"a tile that must hold {width} hashes has {len(content):,} bytes")
    return [content[start : start + merkle.HASH_SIZE] for start in range(0, len(content), merkle.HASH_SIZE)]


def format_entries(entries: Iterable[bytes]) -> bytes:
    """Return an entry bundle's bytes.

    Raises:
        EntryTooLarge: where an entry's length has no two bytes.
    """
    return b"".join(_with_length(each) for each in entries)


def parse_entries(content: bytes, width: int) -> list[bytes]:
    """Read an entry bundle of this width.

    Raises:
        VerificationError: where it does not hold so many entries and nothing else.
    """
    entries: list[bytes] = []
    start = 0
    while start < len(content) and len(entries) < width:
        length = content[start : start + 2]
        stop = start + 2 + int.from_bytes(length, "big")
        if len(length) < 2 or stop > len(content):
            raise _malformed("an entry bundle is cut short")
        entries.append(content[start + 2 : stop])
        start = stop
    if len(entries) != width or start != len(content):
        raise _malformed(f"an entry bundle does not hold exactly {width} entries")
    return entries


def peaks(partial: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """Yield the complete subtrees of a tree, largest first, from its partial tiles' hashes, highest level first."""
    for hashes in partial:
        within = merkle.CompactRange()
        for each in hashes:
            within.append(each)
        yield from within.peaks


def _with_length(content: bytes) -> bytes:
    if len(content) > entry.LARGEST:
        raise entry.EntryTooLarge(f"An entry bundle holds entries of at most {entry.LARGEST:,} bytes.")
    return len(content).to_bytes(2, "big") + content


def _malformed(what: str) -> VerificationError:
    return VerificationError(f"This is not a log's folder of tiles as it must be: {what}.", step=_STEP)
