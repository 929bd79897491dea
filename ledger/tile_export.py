"""Writing a log out as tiles (c2sp.org/tlog-tiles), so that it can be kept and checked where this service is not.

Nothing is written that the signed checkpoint does not cover: first the whole tree is worked out from the stored leaf
hashes and compared with it, then each entry is read back and must give the hash that stood in that tree. The roots of
256 entries each are kept in memory meanwhile, 32 bytes for 256 entries. A full tile is written once; a file that is
there is compared and left. The checkpoint comes last, so a run that was stopped leaves the older checkpoint with
everything it needs, and the next run goes on. Whoever can write to the folder can spoil the copy, which the check of it
shows; they cannot change the log.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger import merkle, note, tiles
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.errors import LedgerError, VerificationError
from ledger.log import Log
from ledger.tiles import WIDTH, Tile

_SCRATCH = ".being-written"
_PAGE = WIDTH * 16


class TilesRefused(LedgerError):
    """The log does not lead to its signed checkpoint, or the folder holds something else; the message says which."""


@dataclass(frozen=True)
class Exported:
    """How many entries the folder holds now, and how many files this run wrote."""

    entries: int
    written: int


def export_tiles(log: Log, signed: bytes, folder: Path, progress: Callable[[int], object]) -> Exported:
    """Bring a folder of tiles up to a checkpoint that this log signed; `progress` is told of entries as they are done.

    Raises:
        TilesRefused: where the entries are not those that were signed, or the folder is not of this log.
        OSError: where it cannot be written; the next run goes on from there.
    """
    checkpoint = parse_checkpoint(note.parse_note(signed).text)
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        blocks, rest = _recompute(log, checkpoint, _older(folder, checkpoint))
        writer = _Writer(log, folder, checkpoint.size)
        for number, root in enumerate(blocks):
            writer.write_block(Tile(0, number), root)
            progress(WIDTH)
        last = tiles.partial_tile(0, checkpoint.size)
        if last is not None:
            writer.write_block(last, merkle.root(rest))
            progress(last.width)
        writer.write_levels(blocks)
        writer.replace(folder / tiles.CHECKPOINT, signed)
        _remove_older(folder, checkpoint.size)
        return Exported(checkpoint.size, writer.written)


def _older(folder: Path, checkpoint: Checkpoint) -> Checkpoint:
    """Return the checkpoint that an earlier run left, or the empty tree's."""
    try:
        older = parse_checkpoint(note.parse_note((folder / tiles.CHECKPOINT).read_bytes()).text)
    except FileNotFoundError:
        return Checkpoint(checkpoint.origin, 0, merkle.EMPTY_ROOT)
    except VerificationError as error:
        raise TilesRefused(f"{folder / tiles.CHECKPOINT} is damaged. Export to an empty folder.") from error
    if older.origin != checkpoint.origin or older.size > checkpoint.size:
        raise TilesRefused(
            f"{folder} holds {older.size:,} entries of {older.origin}, which {checkpoint.size:,} of"
            f" {checkpoint.origin} do not continue. Export to an empty folder, and find out why."
        )
    return older


def _recompute(log: Log, checkpoint: Checkpoint, older: Checkpoint) -> tuple[list[bytes], list[bytes]]:
    """Return the root of every 256 entries and the leaves left over, once they lead to what was signed."""
    tree, blocks, rest = merkle.CompactRange(), list[bytes](), list[bytes]()
    for leaf in _leaf_hashes(log, checkpoint.size):
        if tree.size == older.size:
            _require(tree, older)
        tree.append(leaf)
        rest.append(leaf)
        if len(rest) == WIDTH:
            blocks.append(merkle.root(rest))
            rest.clear()
    if tree.size == older.size:
        _require(tree, older)
    _require(tree, checkpoint)
    return blocks, rest


def _require(tree: merkle.CompactRange, signed: Checkpoint) -> None:
    if (tree.size, tree.root()) != (signed.size, signed.root):
        raise TilesRefused(f"The first {signed.size:,} entries are not those that were signed. Run audit.")


def _leaf_hashes(log: Log, size: int) -> Iterator[bytes]:
    for start in range(0, size, _PAGE):
        with log.datastore.transaction(commit=False) as c:
            c.execute(
                "SELECT leaf_hash FROM stored_events WHERE rowid > ? AND rowid <= ? ORDER BY rowid",
                (start, min(start + _PAGE, size)),
            )
            page = c.fetchall()
        yield from (bytes(row[0]) for row in page)


class _Writer:
    """Writes into one folder, each file whole or not at all."""

    def __init__(self, log: Log, folder: Path, size: int) -> None:
        self._log = log
        self._folder = folder
        self._size = size
        self.written = 0

    def write_block(self, tile: Tile, root: bytes) -> None:
        """Write the entries of one tile of level 0 and the tile, unless a full one is there."""
        bundle = Tile(tiles.ENTRIES, tile.number, tile.width)
        if self._path(bundle).exists() and self._holds(tile, root):
            return
        first = tile.number * WIDTH
        leaves = list(self._log.leaves(first, first + tile.width))
        entries = [leaf.entry for leaf in leaves]
        hashes = [merkle.leaf_hash(entry) for entry in entries]
        if merkle.root(hashes) != root:
            wrong = (leaf.index for leaf, found in zip(leaves, hashes, strict=True) if leaf.leaf_hash != found)
            raise TilesRefused(f"Entry {next(wrong, first)} is not as it was signed. Run audit.")
        self.replace(self._path(bundle), tiles.format_entries(entries))
        self.replace(self._path(tile), tiles.format_hashes(hashes))

    def write_levels(self, blocks: Sequence[bytes]) -> None:
        """Write the tiles above level 0."""
        roots = blocks
        for level in tiles.levels(self._size)[1:]:
            for start in range(0, len(roots), WIDTH):
                hashes = roots[start : start + WIDTH]
                tile = Tile(level, start // WIDTH, len(hashes))
                if not self._holds(tile, merkle.root(hashes)):
                    self.replace(self._path(tile), tiles.format_hashes(hashes))
            roots = [merkle.root(roots[at : at + WIDTH]) for at in range(0, len(roots) // WIDTH * WIDTH, WIDTH)]

    def _holds(self, tile: Tile, root: bytes) -> bool:
        """Return whether a tile is there, and refuse one that is another."""
        path = self._path(tile)
        try:
            hashes = tiles.parse_hashes(path.read_bytes(), tile.width)
        except FileNotFoundError:
            return False
        except VerificationError:
            hashes = []
        if merkle.root(hashes) != root:
            raise TilesRefused(f"{path} is not this log's, or was damaged. Export to an empty folder.")
        return True

    def replace(self, path: Path, content: bytes) -> None:
        """Put a file in its place so that a crash leaves the old one or the new one, never a part."""
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._folder / _SCRATCH
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
        self.written += 1

    def _path(self, tile: Tile) -> Path:
        return self._folder / tiles.format_path(tile)


def _remove_older(folder: Path, size: int) -> None:
    """Remove the partial tiles of earlier sizes; nothing that a tile is not named like is touched."""
    for parent in list((folder / "tile").rglob("*.p")):
        for path in parent.iterdir():
            try:
                tile = tiles.parse_path(path.relative_to(folder).as_posix())
            except VerificationError:
                continue  # somebody else's file, which the check of the folder names
            if not tiles.belongs(tile, size):
                path.unlink()
        if not any(parent.iterdir()):
            parent.rmdir()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold off another export to the same folder; what is held is the folder, so that no file is left in it."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)
