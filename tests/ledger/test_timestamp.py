"""RFC 3161: a stamp is checked before it is kept and again when relied on; what does not hold is refused plainly."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from threading import Event, Thread
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import note
from ledger.errors import VerificationError
from ledger.evidence import write_evidence
from ledger.policy import format_policy, trust_log
from ledger.scope import EntryScope
from ledger.timestamp import check_timestamp, query, read_roots
from ledger.timestamping import StampRefused, Timestamping, first_stamped, newest_stamped
from ledger.verify import verify
from tests.ledger.authority import Authority, stamping
from tests.ledger.ledgers import Ledger, Ruled
from tests.ledger.witnesses import ROOT

TEXT = "ledger.example/demo\n1\nAAAA\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One authority for all tests: its keys take a while."""
    return Authority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another, which nobody here trusts."""
    return Authority(tmp_path_factory.mktemp("authority") / "other", "Another authority")


@pytest.fixture(scope="module")
def stamped(authority: Authority) -> bytes:
    """The authority's answer about the text."""
    return authority.answer(query(TEXT).content)


def test_a_stamp_states_when_the_text_existed(authority: Authority) -> None:
    asked = query(TEXT)
    at = check_timestamp(authority.answer(asked.content), TEXT, read_roots(authority.root), asked.nonce)

    assert at.utcoffset() == timedelta(0)


def test_a_stamp_under_another_root_is_refused(other: Authority, stamped: bytes) -> None:
    with pytest.raises(VerificationError, match="not as it should be"):
        check_timestamp(stamped, TEXT, read_roots(other.root))


def test_a_stamp_of_another_text_is_refused(authority: Authority, stamped: bytes) -> None:
    with pytest.raises(VerificationError, match="about something else"):
        check_timestamp(stamped, TEXT + "x\n", read_roots(authority.root))


def test_an_older_answer_does_not_pass_for_the_one_asked_for(authority: Authority, stamped: bytes) -> None:
    with pytest.raises(VerificationError, match="Nonce mismatch"):
        check_timestamp(stamped, TEXT, read_roots(authority.root), query(TEXT).nonce)


def test_without_a_root_no_stamp_holds(stamped: bytes) -> None:
    with pytest.raises(VerificationError):
        check_timestamp(stamped, TEXT, ())
    for content in (b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        with pytest.raises(VerificationError, match="root certificates"):
            read_roots(content)


@given(st.data())
def test_whatever_a_stamp_holds_only_a_verification_error_comes_out(
    authority: Authority, stamped: bytes, data: st.DataObject
) -> None:
    content = bytearray(stamped)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    altered = data.draw(
        st.sampled_from([bytes(content), bytes(content)[: data.draw(st.integers(0, 1600))], b"0" * 70_000])
    )
    try:
        at = check_timestamp(altered, TEXT, read_roots(authority.root))
    except VerificationError:
        return
    # What is not covered by the authority's signature says nothing: the time is as it was.
    assert at == check_timestamp(stamped, TEXT, read_roots(authority.root))


def test_where_the_package_is_missing_the_check_says_so() -> None:
    script = (
        "import sys; sys.modules['rfc3161_client'] = None\n"
        "from ledger.timestamp import TimestampsUncheckable, check_timestamp, query\n"
        "for ask in (lambda: query('x'), lambda: check_timestamp(b'', 'x', ())):\n"
        "    try: ask()\n"
        "    except TimestampsUncheckable as error: print(error)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)

    assert ended.stdout == "not checked: install rfc3161-client\n" * 2


NOW = datetime.now(UTC)


def record(ledger: Ledger) -> int:
    """One entry more under a checkpoint; the size."""
    ledger.append(Ruled(originator_id=uuid4(), originator_version=1, recorded_at=ledger.now(), what="demo"))
    ledger.checkpointer().publish()
    return ledger.log.size()


@pytest.mark.databases("sqlite", "postgres")
def test_a_checkpoint_is_stamped_and_the_answer_kept_beside_it(ledger: Ledger, authority: Authority) -> None:
    roots = read_roots(authority.root)
    with stamping(authority.answer) as address:
        asking = Timestamping(ledger.log, address, roots, lambda: NOW)
        sizes = []
        for _ in range(2):
            sizes.append(record(ledger))
            asking.stamp()
            record(ledger)
    newest, first = newest_stamped(ledger.log), first_stamped(ledger.log, 0)
    assert newest is not None
    assert first is not None
    assert [first.size, newest.size] == sizes
    assert first_stamped(ledger.log, sizes[0]) == newest
    assert first_stamped(ledger.log, sizes[1]) is None
    assert check_timestamp(newest.response, note.parse_note(newest.note).text, roots)


def test_the_first_checkpoint_of_a_day_is_due_and_no_other(ledger: Ledger, authority: Authority) -> None:
    roots, today = read_roots(authority.root), [datetime.now(UTC)]
    with stamping(authority.answer) as address:
        asking = Timestamping(ledger.log, address, roots, lambda: today[0])
        assert not asking.is_due()
        record(ledger)
        assert asking.is_due()
        at = asking.stamp()
        record(ledger)
        today[0] = at
        assert not asking.is_due()
        today[0] = at + timedelta(days=1)
        assert asking.is_due()
        asking.stamp()
        assert not asking.is_due(), "nothing was recorded since"
        ledger.sql("UPDATE timestamps SET response = x'00'")
        assert asking.is_due(), "what is kept no longer holds"


def test_stamps_are_asked_for_beside_everything_else(ledger: Ledger, authority: Authority) -> None:
    record(ledger)
    stop = Event()
    with stamping(authority.answer) as address:
        asking = Timestamping(ledger.log, address, read_roots(authority.root), lambda: NOW)
        thread = Thread(target=asking.run, args=(stop,))
        thread.start()
        try:
            while newest_stamped(ledger.log) is None:
                stop.wait(0.02)
        finally:
            stop.set()
            thread.join()


def test_an_authority_that_is_down_loses_nothing(ledger: Ledger, authority: Authority) -> None:
    record(ledger)
    with stamping(authority.answer) as address:
        asking = Timestamping(ledger.log, address, read_roots(authority.root), lambda: NOW)
    with pytest.raises(StampRefused, match="does not answer"):
        asking.stamp()
    assert newest_stamped(ledger.log) is None
    assert asking.is_due()


def test_an_authority_that_answers_badly_is_quoted_and_nothing_is_kept(
    ledger: Ledger, authority: Authority, other: Authority, stamped: bytes
) -> None:
    record(ledger)
    for answer, status, says in (
        (lambda _: b"Out of order", 500, "answered 500: Out of order"),
        (lambda _: b"<html>", 200, "not as it should be"),
        (lambda _: stamped, 200, "about something else"),
        (other.answer, 200, "not as it should be"),
        (lambda _: authority.answer(query(note.parse_note(ledger.log.checkpoint()).text).content), 200, "Nonce"),
        (lambda _: authority.answer(b"no query"), 200, "refused|not as it should be"),
    ):
        with stamping(answer, status) as address:
            asking = Timestamping(ledger.log, address, read_roots(authority.root), lambda: NOW)
            with pytest.raises(StampRefused, match=says):
                asking.stamp()
    assert newest_stamped(ledger.log) is None


def evidence(ledger: Ledger, index: int) -> bytes:
    """The evidence file of an entry."""
    out = BytesIO()
    write_evidence(
        *(out, ledger.log, ledger.subjects),
        note=ledger.log.checkpoint(),
        scope=EntryScope(index),
        indices=[index],
        disclose=lambda *_: True,
    )
    return out.getvalue()


def checked(ledger: Ledger, content: bytes, roots: bytes | None) -> str:
    """What the offline check says of the file's history."""
    told: dict[int, str] = {}
    trusted = () if roots is None else read_roots(roots)
    verify(BytesIO(content), format_policy(trust_log(ledger.keys.vkey)), told.__setitem__, trusted)
    return told[4]


def test_evidence_says_when_an_authority_saw_it_under_the_checkers_own_root(
    ledger: Ledger, authority: Authority, other: Authority
) -> None:
    index = record(ledger) - 1
    with stamping(authority.answer) as address:
        at = Timestamping(ledger.log, address, read_roots(authority.root), lambda: NOW).stamp()
    record(ledger)
    content = evidence(ledger, index)

    assert f"they existed by {at.day} {at:%B %Y at %H:%M:%S} UTC." in checked(ledger, content, authority.root)
    assert "not checked: name the authority's root certificate" in checked(ledger, content, None)
    with pytest.raises(VerificationError, match="The time stamp is not as it should be") as refused:
        checked(ledger, content, other.root)
    assert refused.value.step == "history"


def test_a_stamp_put_beside_another_checkpoint_in_the_file_is_refused(ledger: Ledger, authority: Authority) -> None:
    index = record(ledger) - 1
    with stamping(authority.answer) as address:
        asking = Timestamping(ledger.log, address, read_roots(authority.root), lambda: NOW)
        asking.stamp()
        record(ledger)
        asking.stamp()
    record(ledger)
    ledger.sql("UPDATE timestamps SET response = (SELECT max(response) FROM timestamps)")

    with pytest.raises(VerificationError, match="about something else"):
        checked(ledger, evidence(ledger, index), authority.root)
