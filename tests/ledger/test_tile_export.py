"""A log is written out as tiles: what the definition gives, added to and never rewritten, and only what was signed."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from ledger import checkpoint as checkpoints
from ledger import entry, merkle, verify_tiles
from ledger.checkpoint import Checkpoint
from ledger.errors import VerificationError
from ledger.policy import format_policy, trust_log
from ledger.tile_export import Exported, TilesRefused, export_tiles
from tests.ledger import tile_folder
from tests.ledger.ledgers import Ledger, Ruled
from tests.ledger.small_log import SmallLog


def grow(ledger: Ledger, count: int) -> None:
    """Record so many entries more."""
    ledger.append(
        *(
            Ruled(originator_id=uuid4(), originator_version=1, recorded_at=ledger.now(), subject=None, what="a rule")
            for _ in range(count)
        )
    )


def export(ledger: Ledger, folder: Path) -> Exported:
    """Sign what there is and write it out."""
    return export_tiles(ledger.log, ledger.checkpointer().publish(), folder, lambda _entries: None)


def by_definition(ledger: Ledger) -> dict[str, bytes]:
    """What the folder must hold."""
    entries = [leaf.entry for leaf in ledger.log.leaves(0, ledger.log.size())]
    return tile_folder.files(SmallLog(entries=entries)) | {"checkpoint": ledger.log.checkpoint()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the tiles go."""
    return tmp_path / "tiles"


@pytest.mark.databases("sqlite", "postgres")
def test_a_folder_added_to_is_byte_for_byte_one_written_at_once_and_verifies(ledger: Ledger, folder: Path) -> None:
    for count in (1, 253, 1, 1, 300):
        grow(ledger, count)
        export(ledger, folder)

        assert by_definition(ledger) == tile_folder.read(folder)
        verify_tiles.verify_tiles(folder, format_policy(trust_log(ledger.keys.vkey)), lambda *_: None)
    again = folder.with_name("again")
    export(ledger, again)
    assert tile_folder.read(folder) == tile_folder.read(again)


def test_full_tiles_are_written_once(ledger: Ledger, folder: Path) -> None:
    grow(ledger, 520)
    export(ledger, folder)
    before = {name: (folder / name).stat().st_ino for name in ("tile/0/000", "tile/entries/001")}
    grow(ledger, 1)

    # A partial tile of each of the two kinds at level 0 and the checkpoint; the one of level 1 is as it was.
    assert export(ledger, folder) == Exported(522, 3)
    assert before == {name: (folder / name).stat().st_ino for name in before}


def test_a_run_that_was_stopped_is_taken_up(ledger: Ledger, folder: Path) -> None:
    grow(ledger, 700)

    def stop(_entries: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_tiles(ledger.log, ledger.checkpointer().publish(), folder, stop)
    assert not (folder / "checkpoint").exists()
    (folder / ".being-written").write_bytes(b"a part of a file")
    export(ledger, folder)
    assert by_definition(ledger) == tile_folder.read(folder)


def test_a_file_of_somebody_else_s_among_the_tiles_is_left_and_stops_no_run(ledger: Ledger, folder: Path) -> None:
    grow(ledger, 3)
    export(ledger, folder)
    (stray,) = (folder / "tile" / "0").glob("*.p")
    (stray / "notes.txt").write_text("mine")
    grow(ledger, 5)

    size = export(ledger, folder).entries
    assert [path.name for path in sorted(stray.iterdir())] == [str(size), "notes.txt"]


def test_an_entry_changed_in_the_database_is_named_and_nothing_is_signed_for_it(ledger: Ledger, folder: Path) -> None:
    grow(ledger, 300)
    signed = ledger.checkpointer().publish()
    ledger.sql(
        "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), 'a rule', 'A rule') AS BLOB)"
        " WHERE rowid = 278"
    )

    with pytest.raises(TilesRefused, match="Entry 277 "):
        export_tiles(ledger.log, signed, folder, lambda _entries: None)
    assert not (folder / "checkpoint").exists()


def test_an_entry_changed_together_with_its_hash_is_caught_before_a_file_is_written(
    ledger: Ledger, folder: Path
) -> None:
    grow(ledger, 300)
    signed = ledger.checkpointer().publish()
    ledger.sql("UPDATE stored_events SET leaf_hash = zeroblob(32) WHERE rowid = 7")

    with pytest.raises(TilesRefused, match="not those that were signed"):
        export_tiles(ledger.log, signed, folder, lambda _entries: None)
    assert not tile_folder.read(folder)


def test_a_folder_of_another_ledger_or_of_another_history_is_refused(ledger: Ledger, folder: Path) -> None:
    grow(ledger, 300)
    export(ledger, folder)
    signed = (folder / "checkpoint").read_bytes()
    forged = SmallLog(origin=ledger.log.origin, entries=[b"another", b"history"])
    for other in (forged.checkpoint(), SmallLog(entries=[b"x"]).checkpoint(), b"damaged"):
        (folder / "checkpoint").write_bytes(other)
        with pytest.raises(TilesRefused):
            export(ledger, folder)
    (folder / "checkpoint").write_bytes(signed)
    (folder / "tile/0/000").write_bytes(bytes(8192))
    with pytest.raises(TilesRefused, match="tile/0/000"):
        export(ledger, folder)


def test_a_log_of_three_levels_is_written_and_each_tile_stands_under_the_one_above_it(
    ledger: Ledger, folder: Path
) -> None:
    """Rows are planted, since what is at stake is hashes only: 65,900 entries, of which every body is the same."""
    size, body = 65_900, b"{}"
    framed = entry.frame(body, "0" * 16, bytes(64))
    leaf = merkle.leaf_hash(framed)
    row = (uuid4().bytes, "test.ruled", body, None, 0, "0" * 16, bytes(64), leaf)
    rows = ((n, row[0], n, *row[1:]) for n in range(1, size + 1))
    with ledger.datastore.transaction(commit=True) as c:
        c.execute("DELETE FROM stored_events")
        c.executemany("INSERT INTO stored_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        c.execute("UPDATE ledger_head SET size = ?", (size,))
    signed = Checkpoint(ledger.log.origin, size, merkle.root(leaf for _ in range(size)))
    export_tiles(ledger.log, checkpoints.sign(signed, ledger.keys.log), folder, lambda _entries: None)
    found = verify_tiles._Folder(folder)

    found.check_names(size)
    found.check_tree(signed)
    assert (folder / "tile/2/000.p/1").read_bytes() == merkle.root([leaf] * 65_536)
    for name, says in (
        ("tile/2/000.p/1", "rightmost"),
        ("tile/1/001.p/1", "rightmost"),
        ("tile/1/000", "tile/1/000 does not"),
        ("tile/0/255", "tile/0/255 does not"),
        ("tile/0/256", "tile/0/256 does not"),
    ):
        honest = (folder / name).read_bytes()
        (folder / name).write_bytes(bytes([honest[0] ^ 1]) + honest[1:])
        with pytest.raises(VerificationError, match=says):
            found.check_tree(signed)
        (folder / name).write_bytes(honest)
