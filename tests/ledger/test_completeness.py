"""What was left out, put in or moved is found in every kind of evidence file; a false statement by who has the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import body as bodies
from ledger import entry as entries
from ledger.completeness import TOPIC, Chain, check_export, read_statement
from ledger.errors import VerificationError
from ledger.scope import PeriodScope, PlacementScope, PupilScope, Stated, WholeScope, read, spell
from ledger.verify import STEPS, verify
from tests.ledger.exported_log import HELD, SCOPES, Exported, an_entry
from tests.ledger.small_log import OTHER_PUPIL, PLACEMENT, PUPIL, named, private_key, two_placements
from tests.ledger.test_bundle import archive, members
from tests.ledger.test_verify import check, failure

KIND = {"ids": lambda scope: type(scope).__name__}
PLACEMENT_FILE = Exported(PlacementScope(PLACEMENT)).state()


def fails(exported: Exported, content: bytes) -> tuple[str | None, int | None]:
    """Where a file fails under the policy of who trusts its log."""
    return failure(content, exported.log.policy)


@pytest.mark.parametrize("scope", SCOPES, **KIND)
def test_an_honest_file_of_each_kind_verifies_and_says_how_much_was_stated(scope: Stated) -> None:
    exported = Exported(scope).state()
    told: dict[int, str] = {}
    shown = verify(BytesIO(exported.file()), exported.log.policy, told.__setitem__)

    assert list(range(1, len(STEPS) + 1)) == list(told)
    assert (scope, len(HELD[scope]) + 1) == (shown.scope, shown.entries)
    assert shown.statement is not None
    assert f"all {shown.statement.count} entries that the log stated" in told[10]
    assert "1 earlier checkpoint in the file" in told[4]
    assert "not witnessed by anybody you trust" in told[3]


@pytest.mark.parametrize("scope", SCOPES, **KIND)
def test_any_entry_left_out_first_middle_or_last_is_found(scope: Stated) -> None:
    exported = Exported(scope).state()
    for index in (*exported.held, exported.export):
        step, _ = fails(exported, exported.without(index))
        assert step in {"signature", "scope", "completeness"}, index


def test_dropped_register_marks_and_the_last_entry_are_found_although_no_record_has_a_gap() -> None:
    """The file of the first form could not show this: a mark is a record of its own."""
    assert fails(PLACEMENT_FILE, PLACEMENT_FILE.without(7)) == ("completeness", None)
    assert fails(PLACEMENT_FILE, PLACEMENT_FILE.without(9)) == ("completeness", None)


@pytest.mark.parametrize("scope", SCOPES, **KIND)
def test_an_entry_slipped_in_is_found(scope: Stated) -> None:
    exported = Exported(scope).state()
    for stranger in set(range(10)) - set(exported.held):
        more = sorted([*exported.items(), exported.item(stranger)], key=lambda item: item.index)
        assert fails(exported, exported.file(more))[0] in {"scope", "completeness"}, stranger


def test_entries_in_another_order_or_twice_are_found() -> None:
    first, second, *others = PLACEMENT_FILE.items()
    for items in ([second, first, *others], [first, second, second, *others]):
        assert fails(PLACEMENT_FILE, PLACEMENT_FILE.file(items)) == ("evidence file", None)


def test_a_file_without_the_statement_of_its_export_is_found() -> None:
    assert fails(PLACEMENT_FILE, PLACEMENT_FILE.without(10)) == ("completeness", 9)


def test_the_statement_of_another_export_is_found() -> None:
    other = Exported(PupilScope(PUPIL)).state()

    assert fails(other, other.file(scope=PlacementScope(PLACEMENT))) == ("completeness", 10)
    assert fails(PLACEMENT_FILE, PLACEMENT_FILE.file(scope=PupilScope(PUPIL))) == ("completeness", 10)


@pytest.mark.parametrize(
    "lie",
    [
        {"count": 4},
        {"digest": "00" * 32},
        {"first": 5},
        {"last": 7},
        {"held": 6},
        {"contents": "00" * 32},
        {"size": 9},
        {"size": 11},
        {"digest": "AB" * 32},
        {"count": True},
        {"scope": {"kind": "placement", "about": None, "starts_at": None, "ends_at": None}},
    ],
)
def test_a_statement_that_is_not_of_what_the_file_holds_is_found(lie: dict[str, Any]) -> None:
    exported = Exported(PlacementScope(PLACEMENT)).state(**lie)

    assert fails(exported, exported.file())[0] in {"completeness", "scope"}


def test_an_entry_of_after_the_export_does_not_belong() -> None:
    exported = Exported(WholeScope(), size=9, held=tuple(range(9))).state()
    more = sorted([*exported.items(), exported.item(9)], key=lambda item: item.index)

    assert check(exported.file(), exported.log.policy).entries == 10
    assert fails(exported, exported.file(more)) == ("completeness", 9)


def test_a_missing_link_in_the_history_of_keys_is_found() -> None:
    exported = Exported(PlacementScope(PLACEMENT))
    for name in ("second", "third"):
        exported.log.enrol(private_key(name), by=exported.log.entry_key)
    exported = replace(exported, held=(*exported.held, 10, 11), size=12).state()

    assert check(exported.file(), exported.log.policy).entries == 10
    assert fails(exported, exported.without(10)) == ("signature", 11)
    assert fails(exported, exported.without(11)) == ("completeness", None)


def test_an_older_checkpoint_of_another_log_or_that_does_not_lead_to_the_newest_is_found() -> None:
    exported, forked = Exported(WholeScope()).state(), Exported(WholeScope()).state()
    forked.log.entries[3] = forked.log.entries[4]
    forger = replace(exported, log=replace(exported.log, log_key=private_key("forger")))
    honest = exported.earlier()
    for point in (
        forked.earlier(),
        forger.earlier(),
        replace(honest, hashes=honest.hashes[:-1]),
        replace(honest, size=6),
        replace(honest, note=exported.log.checkpoint(6)),
    ):
        assert fails(exported, exported.file(earlier=(point,))) == ("history", None)


def test_a_file_of_one_entry_needs_no_statement() -> None:
    exported = Exported(WholeScope())

    assert check(an_entry(6), exported.log.policy).statement is None


def test_whoever_has_the_whole_log_shows_that_a_statement_is_false() -> None:
    """A keeper who leaves an entry out and states so signs a contradiction: the file verifies, the log refutes it."""
    honest, held = Exported(PupilScope(PUPIL)).state(), tuple(index for index in HELD[PupilScope(PUPIL)] if index != 7)
    lying = lie_about(Exported(PupilScope(PUPIL), held=held), 7)

    assert check(lying.file(), lying.log.policy).entries == 7
    recount(honest)
    with pytest.raises(VerificationError, match="The ledger holds 5 of the 4 entries that were stated"):
        recount(lying)


def lie_about(short: Exported, missing: int) -> Exported:
    """State an export that leaves one entry of the pupil out of every number."""
    owed = Chain()
    for index in short.held:
        body = bodies.decode(entries.parse(short.log.entries[index]).body)
        if body.subject == PUPIL and index != missing:
            owed.add(index, short.log.leaf(index))
    return short.state(count=owed.count, digest=owed.digest.hex(), first=owed.first, last=owed.last)


def recount(exported: Exported) -> None:
    """Work the statement out again from the whole log."""
    parsed = [bodies.decode(entries.parse(each).body) for each in exported.log.entries]
    leaves = [(index, body, exported.log.leaf(index)) for index, body in enumerate(parsed)]
    check_export(read_statement(parsed[-1]), leaves)


@pytest.mark.parametrize("scope", SCOPES, **KIND)
def test_a_true_statement_holds_against_the_whole_log(scope: Stated) -> None:
    recount(Exported(scope).state())


def test_a_period_is_by_the_latest_time_so_far_so_that_it_is_one_run_of_entries() -> None:
    """Recording times need not rise: one entered a moment before may be logged after the first of the period."""
    exported = Exported(
        PeriodScope(datetime(2026, 9, 1, 8, 55, 9, tzinfo=UTC), datetime(2026, 9, 2, tzinfo=UTC)),
        held=(0, 9, 10),
        size=11,
    )
    exported.log.append(stream=str(OTHER_PUPIL), version=2, recorded_at="2026-09-01T08:55:08.500000Z")
    exported.state()

    assert check(exported.file(), exported.log.policy).entries == 4
    recount(exported)


def test_one_schools_period_holds_what_its_people_entered_and_nothing_else() -> None:
    school = named("school")
    scope = PeriodScope(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 9, 2, tzinfo=UTC), school)
    log = two_placements()
    log.append(actor={**HEAD, "organisation": str(school)}, stream=str(named("own")), subject=None)
    exported = Exported(scope, log=log, held=(0, 10), size=11).state()

    assert check(exported.file(), log.policy).entries == 3
    more = sorted([*exported.items(), exported.item(9)], key=lambda item: item.index)
    assert fails(exported, exported.file(more)) == ("scope", 9)


HEAD = {"id": None, "role": "head_teacher", "organisation": None, "basis": {"kind": "own_office", "ref": None}}


@pytest.mark.parametrize("scope", SCOPES, **KIND)
def test_a_scope_is_read_as_it_was_spelt(scope: Stated) -> None:
    assert scope == read(spell(scope))


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner))
)
def test_whatever_a_scope_or_statement_is_only_a_verification_error_comes_out(value: object) -> None:
    with pytest.raises(VerificationError):
        read(value)
    body = bodies.decode(entries.parse(two_placements().entries[0]).body)
    for facts in ({"scope": value}, {"scope": spell(WholeScope()), "size": value}):
        with pytest.raises(VerificationError):
            read_statement(replace(body, topic=TOPIC, facts=facts))


def test_every_changed_byte_of_a_part_is_found_but_in_what_is_for_people_and_the_program() -> None:
    """README.txt and verify.pyz are no evidence: what is said of them is that they were not looked at."""
    exported = Exported(PlacementScope(PLACEMENT)).state()
    parts = members(exported.file())
    survivors = set()
    for part, (name, content) in enumerate(parts):
        for place in range(0, len(content), 1 + len(content) // 120):
            bent = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            if passes(archive([*parts[:part], (name, bent), *parts[part + 1 :]]), exported.log.policy):
                survivors.add(name)
    assert survivors == {"README.txt", "verify.pyz"}


def passes(content: bytes, policy: bytes) -> bool:
    """Whether a file verifies; where not, the step is one of those that are told."""
    try:
        check(content, policy)
    except VerificationError as error:
        return error.step not in STEPS
    return True


def test_a_policy_put_into_the_file_is_refused_and_one_in_its_place_was_never_looked_at() -> None:
    """Whoever forges evidence forges a policy that trusts it: there is no place for one in the file."""
    forged = replace(PLACEMENT_FILE.log, log_key=private_key("forger"))
    parts = members(replace(PLACEMENT_FILE, log=forged).file())
    for place in (0, 1, len(parts) - 1, len(parts)):
        content = archive([*parts[:place], ("policy.txt", forged.policy), *parts[place:]])
        assert fails(PLACEMENT_FILE, content) == ("evidence file", None)
    swapped = [(name, forged.policy if name == "README.txt" else content) for name, content in parts]
    assert fails(PLACEMENT_FILE, archive(swapped)) == ("checkpoint", None)


def test_a_checkpoint_of_another_size_than_the_proofs_end_in_is_found() -> None:
    parts = members(PLACEMENT_FILE.file())
    for size in (5, 10):
        older = [
            (name, PLACEMENT_FILE.log.checkpoint(size) if name == "checkpoint" else content) for name, content in parts
        ]
        assert fails(PLACEMENT_FILE, archive(older))[0] in {"history", "inclusion"}


def test_an_older_honest_file_says_of_how_much_it_speaks_and_takes_in_nothing_newer() -> None:
    """An export of last month is honest about last month; joined with newer entries it is of neither."""
    older = Exported(PlacementScope(PLACEMENT)).state()
    older.log.append(stream=str(PLACEMENT), version=4, topic="placement.ended")
    newer = [*older.items()[:-1], older.item(10), older.item(11)]

    assert fails(older, older.file(newer)) == ("scope", 10)
