"""A folder of tiles is checked whole by whoever holds it: what was changed is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger import checkpoint as checkpoints
from ledger import entry, merkle, verify_tiles
from ledger.__main__ import main
from ledger.checkpoint import Checkpoint
from ledger.errors import VerificationError
from ledger.policy import format_policy, trust_log
from tests.ledger import tile_folder
from tests.ledger.small_log import SmallLog, private_key
from tests.ledger.tile_folder import a_log, files

LOG = a_log(600)
FILES = files(LOG)
Change = Callable[[dict[str, bytes]], dict[str, bytes]]


def check(folder: Path, log: SmallLog = LOG) -> verify_tiles.Whole:
    """Check a folder under the policy of somebody who trusts the log."""
    return verify_tiles.verify_tiles(folder, log.policy, lambda _number, _line: None)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 600])
def test_an_honest_folder_of_any_size_holds(tmp_path: Path, size: int) -> None:
    log = a_log(size)
    tile_folder.write(tmp_path, files(log))
    shown = check(tmp_path, log)

    assert shown.trusted.checkpoint.size == size == sum(shown.signed_by.values())


def flipped(content: bytes, place: int) -> bytes:
    """The content with one bit of one byte changed."""
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize(
    ("change", "step", "entry", "says"),
    [
        (lambda all_: all_ | {"tile/0/001": flipped(all_["tile/0/001"], 99)}, "tree", None, "tile/0/001 does not lead"),
        (lambda all_: all_ | {"tile/1/000.p/2": flipped(all_["tile/1/000.p/2"], 9)}, "tree", None, "rightmost"),
        (lambda all_: all_ | {"tile/0/002.p/88": flipped(all_["tile/0/002.p/88"], 9)}, "tree", None, "rightmost"),
        (
            lambda all_: all_ | {"tile/entries/001": flipped(all_["tile/entries/001"], 300)},
            "entries",
            256,
            "not the entry",
        ),
        (lambda all_: all_ | {"tile/entries/001": all_["tile/entries/000"]}, "entries", 256, "not the entry"),
        (lambda all_: all_ | {"tile/0/001": all_["tile/0/000"]}, "tree", None, "does not lead"),
        (lambda all_: all_ | {"tile/0/001": all_["tile/0/001"][:-1]}, "tree", None, "hashes"),
        (lambda all_: all_ | {"tile/entries/001": all_["tile/entries/001"] + b"\0"}, "entries", 256, "exactly 256"),
        (lambda all_: all_ | {"tile/entries/002.p/89": b""}, "folder", None, "does not belong"),
        (lambda all_: all_ | {"read-me.txt": b""}, "folder", None, "does not belong"),
        (lambda all_: all_ | {"tile/0/003": all_["tile/0/001"]}, "folder", None, "does not belong"),
        (lambda all_: {name: each for name, each in all_.items() if name != "tile/0/001"}, "folder", None, "missing"),
        (
            lambda all_: {name: each for name, each in all_.items() if name != "tile/entries/001"},
            "entries",
            256,
            "missing",
        ),
        (
            lambda all_: {name: each for name, each in all_.items() if name != "checkpoint"},
            "checkpoint",
            None,
            "missing",
        ),
        (lambda all_: all_ | {"checkpoint": LOG.checkpoint(599)}, "folder", None, "does not belong"),
    ],
)
def test_what_was_changed_is_named(tmp_path: Path, change: Change, step: str, entry: int | None, says: str) -> None:
    tile_folder.write(tmp_path, change(FILES))

    with pytest.raises(VerificationError, match=says) as caught:
        check(tmp_path)
    assert (caught.value.step, caught.value.entry) == (step, entry)


def test_an_entry_signed_by_a_key_that_was_never_enrolled_is_named_although_the_log_signed_for_it(
    tmp_path: Path,
) -> None:
    log = a_log(300)
    log.append(
        key=private_key("a stranger"), topic="test.ruled", subject=None, recorded_at="2026-09-01T09:00:00.000000Z"
    )
    tile_folder.write(tmp_path, files(log))

    with pytest.raises(VerificationError) as caught:
        check(tmp_path, log)
    assert (caught.value.step, caught.value.entry) == ("signature", 300)


def test_an_entry_made_for_another_log_is_named(tmp_path: Path) -> None:
    log = a_log(3)
    log.append(origin="ledger.example/other", recorded_at="2026-09-01T09:00:00.000000Z")
    tile_folder.write(tmp_path, files(log))

    with pytest.raises(VerificationError, match="another log") as caught:
        check(tmp_path, log)
    assert caught.value.entry == 3


def test_a_folder_is_checked_under_the_readers_policy_only(tmp_path: Path) -> None:
    tile_folder.write(tmp_path, FILES)
    stranger = SmallLog(log_key=private_key("another log"))

    with pytest.raises(VerificationError) as caught:
        verify_tiles.verify_tiles(tmp_path, format_policy(trust_log(stranger.signer.vkey)), lambda *_: None)
    assert caught.value.step == "checkpoint"


def test_a_signed_root_over_a_tree_of_nothing_but_a_claimed_size_is_caught(tmp_path: Path) -> None:
    tile_folder.write(tmp_path, FILES)
    claimed = Checkpoint(LOG.origin, 600, merkle.EMPTY_ROOT)
    (tmp_path / "checkpoint").write_bytes(checkpoints.sign(claimed, [LOG.signer]))

    with pytest.raises(VerificationError, match="rightmost"):
        check(tmp_path)


def test_the_command_says_each_step_and_ends_in_verified_or_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, policy = tmp_path / "tiles", tmp_path / "policy.txt"
    folder.mkdir()
    tile_folder.write(folder, FILES)
    policy.write_bytes(LOG.policy)
    asked = ["verify-tiles", str(folder), "--policy", str(policy)]

    assert main(asked) == 0
    printed = capsys.readouterr().out
    assert "(6) signature: ok." in printed
    assert "VERIFIED. All 600 entries." in printed
    assert main([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["size"] == 600
    (folder / "tile/entries/001").write_bytes(flipped(FILES["tile/entries/001"], 300))
    assert main(asked) == 1
    assert "FAILED. Entry 256:" in capsys.readouterr().out
    shutil.rmtree(folder)
    assert main(asked) == 1
    assert main(["verify-tiles", str(folder), "--policy", str(tmp_path / "none")]) == 2


def test_an_entry_signed_with_a_revoked_key_is_named_although_the_log_signed_for_it(tmp_path: Path) -> None:
    log, other = a_log(5), private_key("second")
    log.enrol(other, by=log.entry_key)
    honest = log.append(key=log.entry_key, topic="test.ruled", subject=None)
    stolen = log.append(key=log.entry_key, topic="test.ruled", subject=None)
    key_id = entry.key_id(log.entry_key.public_key().public_bytes_raw())
    facts = {"key_id": key_id, "purpose": "entries", "from_index": stolen, "reason": "stolen"}
    log.own("ledger.key-revoked", facts, other)
    tile_folder.write(tmp_path, files(log))

    with pytest.raises(VerificationError, match=f"revoked from entry {stolen} on") as caught:
        check(tmp_path, log)
    assert (caught.value.step, caught.value.entry) == ("signature", stolen)
    assert honest < stolen
