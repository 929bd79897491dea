"""What a served record says of its witnesses, and what those who check it get."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from ledger import note
from ledger.policy import open_checkpoint, parse_policy
from ledger.proof import parse_proof
from ledger.witness import Witness
from ledger.witnessed import PolicyUnusable
from tests.ledger import witnesses
from tests.ledger.witnesses import a_witness, served
from tests.web.browsing import Browser, Clock
from tests.web.conftest import NOW, PASSPHRASE
from tests.web.test_entries import verify
from web.bootstrap import WITNESSES, Services, open_services


@pytest.fixture
def folder(prepared_ledger: Path, tmp_path: Path) -> Path:
    """The test's own copy of the ledger."""
    return Path(shutil.copytree(prepared_ledger, tmp_path / "ledger"))


@pytest.fixture
def three(folder: Path, tmp_path: Path, clock: Clock) -> list[Witness]:
    """Three witnesses that follow it."""
    services = open_services(folder, None, PASSPHRASE, clock)
    verifier = note.parse_vkey(services.keys.vkey)
    services.close()
    at = witnesses.Clock(NOW.timestamp())
    return [a_witness(tmp_path / each, verifier, name=f"{each}.example", clock=at) for each in ("w1", "w2", "w3")]


@pytest.fixture
def listening(three: list[Witness]) -> int:
    """How many of them do."""
    return len(three)


@pytest.fixture
def services(folder: Path, three: list[Witness], listening: int, clock: Clock) -> Iterator[Services]:
    """The ledger, which asks them; two must agree."""
    with ExitStack() as stack:
        ports = [stack.enter_context(served(each)) for each in three[:listening]] + [1] * (len(three) - listening)
        lines = [
            f"witness {name} {witness.vkey} http://127.0.0.1:{port}\n"
            for name, witness, port in zip(("w1", "w2", "w3"), three, ports, strict=True)
        ]
        (folder / WITNESSES).write_text("".join(lines) + "group g 2 w1 w2 w3\nquorum g\n")
        opened = open_services(folder, None, PASSPHRASE, clock)
        stack.callback(opened.close)
        opened.checkpointer.start()
        yield opened


def test_evidence_holds_under_the_published_policy_that_asks_for_two_witnesses(
    app: Flask, head: Browser, tmp_path: Path
) -> None:
    policy = app.test_client().get("/policy").data
    assert b"group g 2 w1 w2 w3\nquorum g\n" in policy
    checked = verify(tmp_path / "good", head.client.get("/entries/5/evidence.zip").data, policy)

    assert checked.returncode == 0, checked.stdout
    assert re.search(r"cosigned by w\d, w\d", checked.stdout), "the two that were quickest, or all"
    assert open_checkpoint(app.test_client().get("/checkpoint").data, parse_policy(policy)).witnesses
    assert open_checkpoint(parse_proof(head.client.get("/entries/5.tlog-proof").data).checkpoint, parse_policy(policy))


def test_what_machines_ask_says_how_far_the_record_is_witnessed(app: Flask, services: Services) -> None:
    waiting = app.test_client().get("/health/ready")
    assert waiting.status_code == 200
    assert waiting.json is not None
    assert waiting.json["witnessed"]["entries"] == 0
    assert waiting.json["witnessed"]["pending_since"].startswith("2026-09-01T")

    services.sign()
    ready = app.test_client().get("/health/ready").json
    assert ready is not None
    assert ready["witnessed"] == {"entries": services.log.size(), "pending_since": None, "refusals": {}}


def test_an_entrys_page_says_whether_outsiders_confirmed_it(head: Browser, services: Services) -> None:
    assert "It waits for its outside witnesses since 1 September 2026" in head.get("/entries/5").text
    services.sign()
    assert "Enough outside witnesses have confirmed the record up to this entry." in head.get("/entries/5").text


@pytest.mark.parametrize("listening", [1])
def test_evidence_without_enough_witnesses_is_given_out_but_is_not_called_witnessed(
    app: Flask, head: Browser, services: Services, tmp_path: Path
) -> None:
    evidence = head.client.get("/entries/5/evidence.zip").data
    checked = verify(tmp_path / "bad", evidence, app.test_client().get("/policy").data)

    assert checked.returncode == 1
    assert "Too few of the policy's witnesses have cosigned the checkpoint." in checked.stdout
    log_only = f"log {services.keys.vkey}\nquorum none\n".encode()
    assert "not witnessed by anybody you trust" in verify(tmp_path / "log", evidence, log_only).stdout
    ready = app.test_client().get("/health/ready")
    assert ready.status_code == 200
    assert ready.json is not None
    assert set(ready.json["witnessed"]["refusals"]) == {"w2", "w3"}


def test_a_file_of_witnesses_that_cannot_be_used_stops_the_start(folder: Path, clock: Clock) -> None:
    (folder / WITNESSES).write_text("quorum everybody\n")

    with pytest.raises(PolicyUnusable, match="everybody is not defined"):
        open_services(folder, None, PASSPHRASE, clock)


def test_a_record_without_witnesses_says_nothing_of_any(folder: Path, clock: Clock) -> None:
    opened = open_services(folder, None, PASSPHRASE, clock)
    try:
        assert opened.witnessing is None
        assert opened.sign() == opened.log.checkpoint()
    finally:
        opened.close()
