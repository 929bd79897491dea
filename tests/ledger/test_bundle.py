"""The evidence file: one byte form, readable by any ZIP program, and nothing in it that is not looked at."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from io import SEEK_END, BytesIO
from pathlib import Path
from struct import pack_into

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import stored_zip
from ledger.bundle import Bundle, Cover, Item, write_bundle
from ledger.errors import VerificationError
from ledger.scope import EntryScope, PlacementScope
from tests.ledger.exported_log import Exported, an_entry
from tests.ledger.small_log import HONEST, ORIGIN, PLACEMENT, two_placements

LOG = two_placements()
FILE = LOG.placement_bundle(*HONEST)
"""Of the first form, which is read still."""
TODAY = Exported(PlacementScope(PLACEMENT)).state().file()
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789/.-", min_size=1, max_size=20)


def archive(members: list[tuple[str, bytes]]) -> bytes:
    """Members in the one form of ZIP, whatever they are."""
    out = BytesIO()
    writer = stored_zip.Writer(out)
    for name, content in members:
        writer.add(name, content)
    writer.close()
    return out.getvalue()


def members(content: bytes) -> list[tuple[str, bytes]]:
    """What is in an archive, by Python's own reader."""
    with zipfile.ZipFile(BytesIO(content)) as opened:
        return [(info.filename, opened.read(info)) for info in opened.infolist()]


def test_a_bundle_is_read_back_as_it_was_written() -> None:
    bundle = Bundle(BytesIO(FILE))

    assert (ORIGIN, PlacementScope(PLACEMENT), LOG.checkpoint()) == (
        bundle.cover.origin,
        bundle.cover.scope,
        bundle.cover.checkpoint,
    )
    assert [LOG.item(index) for index in HONEST] == list(bundle.items()) == list(bundle.items())


def test_writing_what_was_read_gives_the_same_bytes() -> None:
    for content in (TODAY, an_entry(6)):
        bundle, out = Bundle(BytesIO(content)), BytesIO()
        report, program = bundle.report or b"", bundle.program or b""
        write_bundle(
            out, bundle.cover, bundle.items(), readme=b"Read me", report=partial(bytes, report), program=program
        )

        assert content == out.getvalue()


@given(st.lists(st.tuples(NAMES, st.binary(max_size=50)), max_size=8))
def test_any_archive_is_read_by_pythons_zip_reader_and_by_ours(content: list[tuple[str, bytes]]) -> None:
    written = archive(content)
    file = BytesIO(written)

    assert content == [(member.name, stored_zip.read(file, member)) for member in stored_zip.scan(file)]
    with zipfile.ZipFile(BytesIO(written)) as opened:
        assert opened.testzip() is None
        assert [name for name, _ in content] == opened.namelist()


@pytest.mark.parametrize("count", [65_534, 65_535, 65_536])
def test_more_members_than_zip_first_counted_are_read_by_python_and_by_us(count: int) -> None:
    out = BytesIO()
    writer = stored_zip.Writer(out)
    for number in range(count):
        writer.add(f"{number:09}", b"")
    writer.close()

    assert len(stored_zip.scan(out)) == count
    with zipfile.ZipFile(out) as opened:
        assert len(opened.namelist()) == count
    out.seek(-30, SEEK_END)
    out.write(b"?")
    with pytest.raises(VerificationError):
        stored_zip.scan(out)


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_other_programs_unpack_it(tmp_path: Path) -> None:
    (tmp_path / "evidence.zip").write_bytes(FILE)
    done = subprocess.run(["unzip", "-q", "evidence.zip"], cwd=tmp_path, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert LOG.entries[6] == (tmp_path / "entries" / "000000006.json").read_bytes()


def test_every_changed_byte_of_the_file_is_caught() -> None:
    for place in range(len(FILE)):
        for bit in (0x01, 0x80):
            with pytest.raises(VerificationError):
                Bundle(BytesIO(FILE[:place] + bytes([FILE[place] ^ bit]) + FILE[place + 1 :]))


def test_a_file_cut_short_anywhere_is_caught() -> None:
    for size in range(0, len(TODAY), 7):
        with pytest.raises(VerificationError):
            Bundle(BytesIO(TODAY[:size]))
    for size in range(len(FILE)):
        with pytest.raises(VerificationError):
            Bundle(BytesIO(FILE[:size]))


def test_bytes_before_between_or_after_the_members_are_caught() -> None:
    second = FILE.index(b"PK\x03\x04", 4)
    central = FILE.index(b"PK\x01\x02")
    for place in (0, second, central, len(FILE)):
        with pytest.raises(VerificationError):
            Bundle(BytesIO(FILE[:place] + b"hidden" + FILE[place:]))


def test_a_second_archive_in_front_that_zip_programs_would_not_see_is_caught() -> None:
    with pytest.raises(VerificationError):
        Bundle(BytesIO(FILE + FILE))


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_the_same_members_packed_by_another_program_are_refused(how: int) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", how) as packed:
        for name, content in members(FILE):
            packed.writestr(zipfile.ZipInfo(name), content, how)

    with pytest.raises(VerificationError):
        Bundle(BytesIO(out.getvalue()))


def test_an_encrypted_member_is_refused() -> None:
    bent = bytearray(FILE)
    pack_into("<H", bent, 6, 0x0801)

    with pytest.raises(VerificationError):
        Bundle(BytesIO(bytes(bent)))


class Watched(BytesIO):
    """A file that remembers the most it was asked for at once."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read on."""
        self.most = max(self.most, -1 if size is None else size)
        return super().read(size)


def test_a_member_that_claims_more_than_memory_should_hold_is_refused_unread() -> None:
    bent = bytearray(FILE)
    pack_into("<II", bent, 18, 2**31, 2**31)
    file = Watched(bytes(bent))

    with pytest.raises(VerificationError):
        Bundle(file)
    assert file.most <= stored_zip.LARGEST_MEMBER
    with pytest.raises(stored_zip.ArchiveTooLarge):
        archive([("checkpoint", bytes(stored_zip.LARGEST_MEMBER + 1))])


Change = Callable[[list[tuple[str, bytes]]], list[tuple[str, bytes]]]


@pytest.mark.parametrize(
    "change",
    [
        lambda all_: all_[1:],
        lambda all_: all_[:-1],
        lambda all_: [all_[-1], *all_[:-1]],
        lambda all_: [all_[0], all_[2], all_[1], *all_[3:]],
        lambda all_: [all_[0], *all_[3:5], *all_[1:3], *all_[5:]],
        lambda all_: [all_[0], *all_[1:3], *all_[1:3], *all_[3:]],
        lambda all_: [*all_[:1], *all_[3:]],
        lambda all_: [*all_[:2], *all_[3:]],
        lambda all_: [*all_[:-1], ("notes.txt", b"read me"), all_[-1]],
        lambda all_: [("../../etc/passwd", b""), *all_],
        lambda all_: [*all_[:5], ("disclosures/000000001.jsonl", b""), *all_[6:]],
        lambda all_: [*all_[:5], ("disclosures/000000001.jsonl", b"[]"), *all_[6:]],
        lambda all_: [*all_[:5], ("disclosures/000000001.jsonl", b"[]\n\n"), *all_[6:]],
        lambda all_: [*all_[:5], ("disclosures/000000002.jsonl", all_[5][1]), *all_[6:]],
        lambda all_: [(name.replace("00000000", "٠٠٠٠٠٠٠٠"), content) for name, content in all_],
        lambda all_: all_[:0],
    ],
)
def test_parts_that_are_missing_repeated_misplaced_or_misnamed_are_refused(change: Change) -> None:
    for content in (FILE, TODAY):
        changed = change(members(content))

        with pytest.raises(VerificationError):
            Bundle(BytesIO(archive(changed)))


def test_any_part_left_out_moved_or_said_twice_is_refused() -> None:
    """A part that no other names, such as one disclosure, is missed when what it discloses is counted."""
    parts = members(TODAY)
    for place, (name, content) in enumerate(parts):
        without = [*parts[:place], *parts[place + 1 :]]
        bent = [[*parts[: place + 1], *parts[place:]], [*without[: place - 1], (name, content), *without[place - 1 :]]]
        for changed in [*bent, *([] if name.startswith("disclosures/") else [without])]:
            if changed != parts:
                with pytest.raises(VerificationError):
                    Bundle(BytesIO(archive(changed)))


def test_entries_out_of_order_or_repeated_are_refused_even_where_the_manifest_says_so() -> None:
    for indices in ((0, 6, 4), (0, 6, 6)):
        with pytest.raises(VerificationError, match="order"):
            Bundle(BytesIO(LOG.placement_bundle(*indices)))


@pytest.mark.parametrize(
    ("honest", "bent"),
    [
        (b'"entries":[0,', b'"entries":[0,0,'),
        (b'"entries":[0,', b'"entries":['),
        (b'"entries":[0,', b'"entries":[false,'),
        (b'"entries":[0,', b'"entries":[-0,'),
        (b'"entries":[0,', b'"entries": [0,'),
        (b"bundle/1", b"bundle/2"),
        (b'"kind":"placement"', b'"kind":"pupil"'),
        (b'"kind":"placement"', b'"kind":"entry"'),
        (b'"kind":"placement",', b""),
        (str(PLACEMENT).encode(), str(PLACEMENT).upper().encode()),
        (b'{"format"', b'{"note":"","format"'),
        (b'"scope":{', b'"scope":{"x":1,'),
        (b'"origin":"', b'"origin":5,"x":"'),
    ],
)
def test_a_manifest_in_another_form_is_refused(honest: bytes, bent: bytes) -> None:
    *others, (name, manifest) = members(FILE)
    assert honest in manifest

    with pytest.raises(VerificationError):
        Bundle(BytesIO(archive([*others, (name, manifest.replace(honest, bent, 1))])))


@given(st.binary() | st.lists(st.tuples(NAMES, st.binary(max_size=50)), max_size=8).map(archive))
def test_whatever_goes_in_only_a_verification_error_comes_out(content: bytes) -> None:
    with pytest.raises(VerificationError):
        Bundle(BytesIO(content))


def test_a_file_that_changes_after_it_was_read_is_caught() -> None:
    file = BytesIO(FILE)
    bundle = Bundle(file)
    file.seek(FILE.index(LOG.entries[6]))
    file.write(b"?")

    with pytest.raises(VerificationError):
        list(bundle.items())


def test_a_bundle_is_written_while_its_entries_are_read() -> None:
    out = BytesIO()
    written = []

    def items() -> Iterator[Item]:
        for index in (0, 6):
            written.append(out.tell())
            yield LOG.item(index)

    cover = Cover(ORIGIN, EntryScope(6), LOG.checkpoint())
    write_bundle(out, cover, items(), readme=b"", report=bytes, program=b"")

    assert 0 < written[0] < written[1] < len(out.getvalue())
