"""The ledger asks its witnesses: two of three suffice, and one that lies, forgets or is down is named and left out."""

from __future__ import annotations

import shutil
from base64 import b64encode
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from threading import Event, Thread

import pytest

from ledger import note
from ledger.cosignature import Cosigner
from ledger.policy import open_checkpoint
from ledger.witness import Answer, Witness
from ledger.witness_request import SIZE_TYPE, parse_request
from ledger.witnessed import newest_checkpoint
from ledger.witnessing import Witnessing, WitnessRefused
from tests.ledger.ledgers import Ledger
from tests.ledger.small_log import SmallLog, private_key
from tests.ledger.three_witnesses import Three
from tests.ledger.witnesses import NOON, a_log, request


class Liar(Witness):
    """Something that listens where a witness should, and answers as it likes."""

    def __init__(self, vkey: str, answer: Callable[[bytes], Answer]) -> None:
        self.vkey = vkey
        self.add_checkpoint = answer  # type: ignore[method-assign]  # what it answers is the point of it


@pytest.fixture
def three(ledger: Ledger, tmp_path: Path) -> Three:
    """Three witnesses that have seen nothing, and a ledger with one checkpoint."""
    made = Three(ledger, tmp_path)
    made.record()
    return made


def refusal(asking: Witnessing, name: str) -> str:
    """What is said of a witness that did not cosign."""
    with pytest.raises(WitnessRefused) as refused:
        asking.ask(name)
    assert f"The witness {name}" in str(refused.value)
    assert asking.refusals[name] == str(refused.value)
    return str(refused.value)


@pytest.mark.databases("sqlite", "postgres")
def test_two_of_three_make_a_checkpoint_witnessed(three: Three) -> None:
    with three.up() as asking:
        kept = asking.cosignatures
        for expected, name in ((False, "w1"), (True, "w3"), (True, "w2")):
            asking.ask(name)
            assert (kept.newest() is not None) == expected
        trusted = open_checkpoint(kept.newest() or b"", three.policy())
        assert (trusted.checkpoint.size, trusted.witnesses) == (three.ledger.log.size(), ("w1", "w2", "w3"))
        assert kept.state().since is None
        assert newest_checkpoint(three.ledger.log, kept) == kept.newest()


def test_entries_wait_for_their_witnesses_since_the_first_of_them_was_recorded(three: Three) -> None:
    with three.up() as asking:
        kept = asking.cosignatures
        assert kept.state().size == 0
        for name in ("w1", "w2"):
            asking.ask(name)
        first = three.ledger.log.size()
        three.record()
        three.record()
        asking.ask("w1")
        state = kept.state()
        assert state.size == first
        assert state.since is not None
        assert round(state.since.timestamp() * 1_000_000) == three.ledger.log.leaf(first).known_at
        asking.ask("w2")
        assert kept.state().size == three.ledger.log.size()


def test_witnesses_are_asked_about_every_new_checkpoint_while_one_of_them_is_down(three: Three) -> None:
    broken = Answer(HTTPStatus.SERVICE_UNAVAILABLE, "")
    with three.up(w2=Liar(OWN.vkey, lambda _: broken)) as asking:
        stop = Event()
        thread = Thread(target=asking.run, args=(stop,))
        thread.start()
        try:
            for _ in range(3):
                three.record()
                while asking.cosignatures.state().since is not None:
                    stop.wait(0.01)
        finally:
            stop.set()
            thread.join()


def test_a_witness_that_saw_more_or_less_than_we_think_is_asked_from_where_it_is(three: Three) -> None:
    with three.up() as asking:
        for name in three.names:
            asking.ask(name)
        three.ledger.sql("DELETE FROM cosignatures")
        three.ledger.sql("DELETE FROM witnessed")
        three.record()
        asking.ask("w1")
        assert asking.cosignatures.names(three.ledger.log.checkpoint()) == ("w1",)


def test_a_witness_that_is_down_is_named_and_the_others_suffice(three: Three) -> None:
    with three.up() as asking:
        pass
    assert "does not answer" in refusal(asking, "w2")
    with three.up() as asking:
        asking.ask("w2")
        assert asking.refusals == {}


def line(cosigner: Cosigner, text: str, time: int = NOON) -> Answer:
    """A signature line as an answer."""
    made = cosigner.cosign(text, time)
    return Answer(HTTPStatus.OK, f"— {made.name} {b64encode(made.key_id + made.value).decode()}\n")


def text_of(content: bytes) -> str:
    """The text of the checkpoint in a request."""
    return note.parse_note(parse_request(content).checkpoint).text


STRANGER = Cosigner("stranger.example", private_key("stranger"))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda content: line(STRANGER, text_of(content)), "without a line of its own"),
        (lambda content: line(OWN, text_of(content).replace("\n2\n", "\n3\n")), "no cosignature"),
        (lambda content: line(OWN, text_of(content), NOON + 3600), "in the future"),
        (lambda content: line(OWN, text_of(content), 2**63 - 1), "in the future"),
        (lambda content: line(THIEF, text_of(content)), "without a line of its own"),
        (lambda content: Answer(HTTPStatus.OK, zeroed(content)), "no cosignature"),
        (lambda _: Answer(HTTPStatus.OK, ""), "without a line|no cosignature"),
        (lambda _: Answer(HTTPStatus.OK, "<html>\x00"), "no cosignature"),
        (lambda _: Answer(HTTPStatus.OK, "— x\n" * 5000), "no cosignature"),
        (lambda _: Answer(HTTPStatus.CONFLICT, "1\n"), "not at which"),
        (lambda _: Answer(HTTPStatus.CONFLICT, "01\n", SIZE_TYPE), "not at which"),
        (lambda _: Answer(HTTPStatus.CONFLICT, "9" * 400, SIZE_TYPE), "not at which"),
        (lambda _: Answer(HTTPStatus.CONFLICT, "99\n", SIZE_TYPE), "an old copy"),
        (lambda _: Answer(HTTPStatus.CONFLICT, "1\n", SIZE_TYPE), "another history"),
        (lambda _: Answer(HTTPStatus.UNPROCESSABLE_ENTITY, ""), "another history"),
        (lambda _: Answer(HTTPStatus.NOT_FOUND, "No such log.\x1b[2J\n"), r"answered 404: No such log\.\[2J"),
    ],
)
def test_a_witness_that_lies_is_named_and_nothing_of_it_is_kept(
    three: Three, answer: Callable[[bytes], Answer], says: str
) -> None:
    with three.up(w1=Liar(OWN.vkey, answer)) as asking:
        with pytest.raises(WitnessRefused, match=says):
            asking.ask("w1")
        assert three.ledger.sql("SELECT count(*) FROM cosignatures")[0][0] == 0
        for name in ("w2", "w3"):
            asking.ask(name)
        assert asking.cosignatures.newest() is not None


OWN = Cosigner("own.example", private_key("own"))
THIEF = Cosigner("own.example", private_key("thief"))


def zeroed(content: bytes) -> str:
    """A line whose time is zero, signed as it should be."""
    signature = private_key("own").sign(f"cosignature/v1\ntime 0\n{text_of(content)}".encode())
    return f"— {OWN.verifier.name} {b64encode(OWN.verifier.key_id + bytes(8) + signature).decode()}\n"


def test_an_old_cosignature_played_again_does_not_pass_for_a_newer_checkpoint(three: Three) -> None:
    old = three.ledger.log.checkpoint()
    first = OWN.cosign(note.parse_note(old).text, NOON)
    three.record()
    replayed = Answer(HTTPStatus.OK, f"— {first.name} {b64encode(first.key_id + first.value).decode()}\n")
    with three.up(w1=Liar(OWN.vkey, lambda _: replayed)) as asking:
        assert "no cosignature" in refusal(asking, "w1")


def test_a_witness_put_back_to_an_old_memory_is_told_by_the_log_it_cosigned_for(three: Three, tmp_path: Path) -> None:
    with three.up() as asking:
        asking.ask("w1")
        shutil.copytree(tmp_path / "w1", tmp_path / "old")
        three.record()
        asking.ask("w1")
        shutil.rmtree(tmp_path / "w1")
        shutil.copytree(tmp_path / "old", tmp_path / "w1")
        three.record()
        assert "it has forgotten" in refusal(asking, "w1")


def test_a_fork_shown_to_one_witness_gets_no_quorum(three: Three) -> None:
    """The log's own key signs a second history: whoever it is shown to first, it is cosigned by no two of three."""
    size = three.ledger.log.size()
    other = SmallLog(three.ledger.keys.origin, entries=a_log(size).entries)
    forked = note.parse_note(three.ledger.keys.log[0].sign(note.parse_note(other.checkpoint()).text))
    content = request(other, 0)
    content = content[: content.index(b"\n\n") + 2] + note.format_note(forked)
    assert three.witness("w1").add_checkpoint(content).status == 200

    with three.up() as asking:
        assert "another history" in refusal(asking, "w1")
        for name in ("w2", "w3"):
            asking.ask(name)
            assert three.witness(name).add_checkpoint(content).status == 409
        assert asking.cosignatures.newest() is not None


def test_a_witness_that_another_process_had_go_on_meanwhile_is_asked_again_and_not_accused(three: Three) -> None:
    sizes = iter(("1\n", "2\n"))
    with three.up(w1=Liar(OWN.vkey, lambda _: Answer(HTTPStatus.CONFLICT, next(sizes), SIZE_TYPE))) as asking:
        assert "asked again" in refusal(asking, "w1")


def test_a_record_put_back_to_an_old_copy_is_told_by_its_witnesses(three: Three, tmp_path: Path) -> None:
    small = a_log(50)
    ahead = SmallLog(three.ledger.keys.origin, entries=small.entries)
    content = request(ahead, 0)
    signed = three.ledger.keys.log[0].sign(note.parse_note(ahead.checkpoint()).text)
    three.witness("w1").add_checkpoint(content[: content.index(b"\n\n") + 2] + signed)

    with three.up() as asking:
        assert "an old copy of the record was put back" in refusal(asking, "w1")
