"""One transaction holds event, leaf, head, guards and idempotency; nothing of a refused batch remains."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, Tracking

from ledger.commands import Command, CommandKeyReused, CommandRepeated
from ledger.reliance import ReliedOnChanged
from tests.ledger.ledgers import START, Ledger, Ruled, check_log

pytestmark = pytest.mark.databases("sqlite", "postgres")
ROOT = Path(__file__).resolve().parents[2]


def a_ruling(stream: UUID, version: int, ledger: Ledger, **fields: object) -> Ruled:
    values = {"recorded_at": ledger.now(), "what": "demo", **fields}
    return Ruled(originator_id=stream, originator_version=version, **values)


def test_positions_are_leaf_indexes_plus_one_without_gaps(ledger: Ledger) -> None:
    stream = uuid4()

    assert ledger.append(a_ruling(stream, 1, ledger), a_ruling(stream, 2, ledger)) == [2, 3]
    with pytest.raises(IntegrityError):
        ledger.append(a_ruling(stream, 3, ledger), a_ruling(stream, 2, ledger))
    assert ledger.append(a_ruling(stream, 3, ledger)) == [4]
    check_log(ledger)


@pytest.mark.databases("sqlite")
def test_vacuum_keeps_indexes(ledger: Ledger) -> None:
    for _ in range(3):
        ledger.append(a_ruling(uuid4(), 1, ledger))
    before = [ledger.log.leaf(index) for index in range(4)]
    with ledger.datastore.get_connection(commit=True) as connection:
        connection.cursor().execute("VACUUM")

    assert [ledger.log.leaf(index) for index in range(4)] == before
    check_log(ledger)


def test_an_event_is_read_back_as_it_was_recorded(ledger: Ledger) -> None:
    pupil = ledger.open_pupil("Zoë DEMO")
    mark = ledger.mark(pupil, "/", note="line one\nline two \u2028 “quoted”")
    ledger.append(mark)

    (stored,) = ledger.recorder.select_events(mark.originator_id)
    assert ledger.mapper.to_domain_event(stored) == mark
    (notification,) = ledger.recorder.select_notifications(3, 1)
    assert ledger.mapper.to_domain_event(notification) == mark


def test_a_decision_is_refused_when_what_it_rests_on_has_moved(ledger: Ledger) -> None:
    consent = uuid4()
    ledger.append(a_ruling(consent, 1, ledger))
    resting = a_ruling(uuid4(), 1, ledger, relied_on={consent: 1})
    ledger.append(a_ruling(consent, 2, ledger))

    with pytest.raises(ReliedOnChanged) as refused:
        ledger.append(resting)
    assert (refused.value.stream, refused.value.relied_version, refused.value.current_version) == (consent, 1, 2)
    assert isinstance(refused.value, IntegrityError)
    assert ledger.log.size() == 3
    check_log(ledger)


def test_relying_on_a_stream_that_does_not_exist_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ReliedOnChanged):
        ledger.append(a_ruling(uuid4(), 1, ledger, relied_on={uuid4(): 1}))


def test_a_batch_may_rest_on_what_it_records_itself(ledger: Ledger) -> None:
    consent = uuid4()
    ledger.append(a_ruling(consent, 1, ledger), a_ruling(uuid4(), 1, ledger, relied_on={consent: 1}))
    with pytest.raises(ReliedOnChanged):
        ledger.append(a_ruling(consent, 2, ledger), a_ruling(uuid4(), 1, ledger, relied_on={consent: 1}))


RACER = """
import sys
from pathlib import Path
from uuid import UUID, uuid4
from ledger import keys
from ledger.reliance import ReliedOnChanged
from tests.ledger.ledgers import PASSPHRASE, Ledger, Ruled, START
role, *rounds = sys.argv[1], *map(UUID, sys.argv[2:])
key_folder, folder, *address = sys.stdin.readline().split()
ledger = Ledger.open(Path(folder), keys.open(key_folder, PASSPHRASE), *address)
print("ready", flush=True)
sys.stdin.readline()
for consent in rounds:
    if role == "revoke":
        ledger.append(Ruled(originator_id=consent, originator_version=2, recorded_at=START, what="revoked"))
    else:
        try:
            approval = {"originator_id": uuid4(), "originator_version": 1, "recorded_at": START, "what": "approved"}
            ledger.append(Ruled(**approval, relied_on={consent: 1}))
        except ReliedOnChanged:
            pass
"""


def test_no_approval_slips_past_a_revocation_in_another_process(ledger: Ledger, key_folder: Path) -> None:
    consents = [uuid4() for _ in range(60)]
    ledger.append(*(a_ruling(consent, 1, ledger) for consent in consents))
    command = [sys.executable, "-c", RACER]
    racers = [
        subprocess.Popen(
            [*command, role, *map(str, consents)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for role in ("revoke", "approve")
    ]
    for racer in racers:
        assert racer.stdin
        assert racer.stdout
        print(key_folder, *ledger.arguments, file=racer.stdin, flush=True)
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin
        print("go", file=racer.stdin, flush=True)
    assert [racer.communicate(timeout=60)[0] for racer in racers] == ["", ""]
    assert [racer.returncode for racer in racers] == [0, 0]

    revoked: set[UUID] = set()
    for leaf in ledger.log.leaves(0, ledger.log.size()):
        if leaf.topic != Ruled.TOPIC:
            continue
        event = ledger.mapper.to_domain_event(ledger.recorder.select_events(leaf.stream)[-1])
        if event.what == "revoked" and leaf.version == 2:
            revoked.add(leaf.stream)
        assert not revoked & set(event.relied_on)
    assert len(revoked) == 60
    check_log(ledger)


def test_a_command_sent_twice_gets_the_first_receipt(ledger: Ledger) -> None:
    command = Command("key-1", uuid4(), b"d" * 32)
    stream = uuid4()
    assert ledger.recorder.recall(command.key, command.actor, command.digest) is None
    ledger.append(a_ruling(stream, 1, ledger), a_ruling(stream, 2, ledger), command=command)

    receipt = ledger.recorder.recall(command.key, command.actor, command.digest)
    assert receipt is not None
    assert (receipt.first, receipt.count) == (1, 2)
    assert receipt.leaf_hashes == (ledger.log.leaf(1).leaf_hash, ledger.log.leaf(2).leaf_hash)
    with pytest.raises(CommandRepeated) as repeated:
        ledger.append(a_ruling(uuid4(), 1, ledger), command=command)
    assert repeated.value.receipt == receipt == ledger.recorder.receipt([2, 3])
    assert ledger.log.size() == 3


@pytest.mark.parametrize("changed", ["actor", "digest"])
def test_a_command_key_with_another_sender_or_content_is_refused(ledger: Ledger, changed: str) -> None:
    command = Command("key-1", UUID(int=1), b"d" * 32)
    ledger.append(a_ruling(uuid4(), 1, ledger), command=command)
    other = {"actor": UUID(int=2)} if changed == "actor" else {"digest": b"e" * 32}
    reused = Command(**{"key": command.key, "actor": command.actor, "digest": command.digest, **other})

    with pytest.raises(CommandKeyReused):
        ledger.append(a_ruling(uuid4(), 1, ledger), command=reused)
    with pytest.raises(CommandKeyReused):
        ledger.recorder.recall(reused.key, reused.actor, reused.digest)


def test_a_refused_command_may_be_sent_again(ledger: Ledger) -> None:
    command, stream = Command("key-1", uuid4(), b"d"), uuid4()
    ledger.append(a_ruling(stream, 1, ledger))
    with pytest.raises(IntegrityError):
        ledger.append(a_ruling(stream, 1, ledger), command=command)
    assert ledger.append(a_ruling(stream, 2, ledger), command=command) == [3]


def test_tracking_is_recorded_with_the_events_or_not_at_all(ledger: Ledger) -> None:
    ledger.append(a_ruling(uuid4(), 1, ledger), tracking=Tracking("upstream", 7))
    with pytest.raises(IntegrityError):
        ledger.append(a_ruling(uuid4(), 1, ledger), tracking=Tracking("upstream", 7))
    assert ledger.recorder.max_tracking_id("upstream") == 7
    assert ledger.log.size() == 2


def test_an_instant_maps_to_what_was_known_then(ledger: Ledger) -> None:
    """Recording times need not rise; what is known at an instant only grows."""
    at = [START + timedelta(minutes=minutes) for minutes in (1, 5, 3, 9)]
    for instant in at:
        ledger.append(a_ruling(uuid4(), 1, ledger, recorded_at=instant))

    assert ledger.recorder.position_at(START - timedelta(microseconds=1)) == 0
    assert ledger.recorder.position_at(START) == 1
    assert ledger.recorder.position_at(at[0]) == 2
    assert ledger.recorder.position_at(at[2]) == 2
    assert ledger.recorder.position_at(at[1] - timedelta(microseconds=1)) == 2
    assert ledger.recorder.position_at(at[1]) == 4
    assert ledger.recorder.position_at(at[3]) == 5
