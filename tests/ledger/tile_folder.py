"""A small log's folder of tiles, made by the definition alone: what the exporter writes is compared with it."""

from __future__ import annotations

from pathlib import Path

from ledger import merkle
from tests.ledger.small_log import NOBODY, SmallLog, named


def a_log(size: int) -> SmallLog:
    """A log of so many entries that concern nobody."""
    log = SmallLog()
    log.enrol(log.entry_key)
    for number in range(1, size):
        at = f"2026-09-01T08:55:00.{number:06}Z"
        stream = str(named(f"rule {number}"))
        log.append(topic="test.ruled", stream=stream, subject=None, actor=NOBODY, recorded_at=at)
    return log


def files(log: SmallLog) -> dict[str, bytes]:
    """What a folder of fewer than 65,536 entries holds, by name."""
    leaves = [merkle.leaf_hash(each) for each in log.entries]
    found = {"checkpoint": log.checkpoint()}
    for start in range(0, len(leaves), 256):
        held = log.entries[start : start + 256]
        name = f"{start // 256:03}" + ("" if len(held) == 256 else f".p/{len(held)}")
        found[f"tile/0/{name}"] = b"".join(leaves[start : start + 256])
        found[f"tile/entries/{name}"] = b"".join(len(each).to_bytes(2, "big") + each for each in held)
    whole = len(leaves) // 256
    if whole:
        roots = [merkle.root(leaves[number * 256 : number * 256 + 256]) for number in range(whole)]
        found[f"tile/1/000.p/{whole}"] = b"".join(roots)
    return found


def write(folder: Path, content: dict[str, bytes]) -> None:
    """Write files by name."""
    for name, each in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(each)


def read(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by name."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
