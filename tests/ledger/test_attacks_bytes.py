"""Every byte of a checkpoint, a proof, a folder of tiles and an evidence file is changed, cut, put in and moved.

What survives is exactly what is documented as no evidence (docs/architecture.md): the readme and the program that come
with an evidence file, and the number of times that a note repeats a good line of a key.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from ledger import merkle, policy, stored_zip
from ledger.proof import parse_proof
from ledger.scope import PupilScope
from ledger.verify import verify
from ledger.verify_tiles import verify_tiles
from tests.ledger import mutations, tile_folder
from tests.ledger.exported_log import Exported, an_entry
from tests.ledger.mutations import Members, Tally
from tests.ledger.small_log import PUPIL, two_placements

LOG = two_placements()
TRUST = policy.parse_policy(LOG.policy)
FREE = ("README.txt", "verify.pyz")
"""Members of an evidence file that are no evidence: they help a reader, and may be had from elsewhere."""


@pytest.fixture
def tally(record_property: pytest.FixtureRequest) -> Tally:
    """A count that the run's closing line takes up."""
    return Tally(record_property)  # type: ignore[arg-type]  # the fixture is a function


def check_checkpoint(content: bytes) -> None:
    """Open it under the reader's policy."""
    assert policy.open_checkpoint(content, TRUST).checkpoint.size == 10


def check_proof(content: bytes) -> None:
    """Check it as whoever holds the entry and a policy does."""
    proof = parse_proof(content)
    opened = policy.open_checkpoint(proof.checkpoint, TRUST).checkpoint
    merkle.check_inclusion(proof.index, opened.size, LOG.leaf(6), proof.hashes, opened.root)


def check_file(content: bytes) -> None:
    """Check an evidence file."""
    verify(BytesIO(content), LOG.policy, lambda *_: None)


def members(content: bytes) -> Members:
    """What is in an evidence file, in order."""
    with zipfile.ZipFile(BytesIO(content)) as opened:
        return [(info.filename, opened.read(info)) for info in opened.infolist()]


def packed(parts: Members) -> bytes:
    """The same form of ZIP around other contents, so that nothing but what is inside can tell."""
    out = BytesIO()
    writer = stored_zip.Writer(out)
    for name, content in parts:
        writer.add(name, content)
    writer.close()
    return out.getvalue()


def test_every_change_of_a_signed_checkpoint_is_caught(tally: Tally) -> None:
    tally.try_all(mutations.all_of(LOG.checkpoint()), check_checkpoint)
    tally.close({"with line 4 twice": "the log's own good signature, given again"})


def test_every_change_of_a_proof_of_entry_is_caught(tally: Tally) -> None:
    tally.try_all(mutations.all_of(LOG.proof(6)), check_proof)
    last = len(LOG.proof(6).splitlines()) - 1
    tally.close({f"with line {last} twice": "the log's own good signature, given again"})


def test_every_change_of_every_file_of_a_folder_of_tiles_is_caught(tally: Tally, tmp_path: Path) -> None:
    log = tile_folder.a_log(2)
    honest = tile_folder.files(log)
    tile_folder.write(tmp_path, honest)

    def check(change: tuple[str, bytes]) -> None:
        name, content = change
        (tmp_path / name).write_bytes(content)
        verify_tiles(tmp_path, log.policy, lambda *_: None)

    for name, content in honest.items():
        changes = ((f"{name}: {change}", (name, bent)) for change, bent in mutations.all_of(content))
        tally.try_all(changes, check)
        (tmp_path / name).write_bytes(content)
    tally.close({"checkpoint: with line 4 twice": "the log's own good signature, given again"})


def test_every_file_of_a_larger_folder_left_out_moved_or_put_in_anothers_place_is_caught(
    tally: Tally, tmp_path: Path
) -> None:
    log = tile_folder.a_log(520)
    honest = list(tile_folder.files(log).items())

    def check(parts: Members) -> None:
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        tile_folder.write(tmp_path, dict(parts))
        verify_tiles(tmp_path, log.policy, lambda *_: None)

    # In a folder there is no order and nothing twice: those changes are none.
    changes = (each for each in mutations.changed_members(honest) if dict(each[1]) != dict(honest))
    tally.try_all(changes, check)
    for name, content in honest:
        bent = mutations.changed_bytes(content, every=max(1, len(content) // 5))
        tally.try_all(((f"{name}: {how}", [*honest, (name, each)]) for how, each in bent), check)
    tally.close()


def test_every_change_of_the_bytes_of_an_evidence_file_is_caught(tally: Tally) -> None:
    content = an_entry(1)
    tally.try_all(mutations.changed_bytes(content), check_file)
    tally.try_all(mutations.cut_and_grown(content, every=3), check_file)
    tally.close()


def _bent_parts(parts: Members) -> Iterator[tuple[str, bytes]]:
    for place, (name, content) in enumerate(parts):
        # Each byte of each part is changed in test_verify; here each fourth, in three ways.
        for change, bent in mutations.changed_bytes(content, every=4):
            yield f"{name}: {change}", packed([*parts[:place], (name, bent), *parts[place + 1 :]])
        for change, bent in (*mutations.cut_and_grown(content, every=37), *mutations.changed_lines(content)):
            if bent != content:
                yield f"{name}: {change}", packed([*parts[:place], (name, bent), *parts[place + 1 :]])


def test_every_change_inside_an_evidence_file_that_is_well_formed_again_is_caught_but_in_what_is_no_evidence(
    tally: Tally,
) -> None:
    parts = members(an_entry(1))
    changes = list(_bent_parts(parts))
    tally.try_all(changes, check_file)
    free = [change for change, _ in changes if change.startswith(FREE)]
    tally.close(dict.fromkeys(free, "no evidence"))


def test_every_member_of_an_evidence_file_left_out_repeated_moved_or_exchanged_is_caught(tally: Tally) -> None:
    parts = members(Exported(PupilScope(PUPIL)).state().file())
    changes = [(change, packed(bent)) for change, bent in mutations.changed_members(parts)]
    tally.try_all(changes, check_file)
    free = {f"with {name} empty" for name in FREE}
    free |= {change for change, _ in changes if change.startswith("with the content") and change.endswith(FREE)}
    tally.close(dict.fromkeys(free, "no evidence"))
