"""One entry: in words, checked when it is looked at, with files that others can check; and a change that shows."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from ledger import merkle
from ledger.proof import parse_proof
from tests.domain.people import named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, newest, recorded
from web.bootstrap import Services

ROOT = Path(__file__).resolve().parent.parent.parent
PLACE = f"/placements/{named('placement')}"


def told(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def verify(folder: Path, evidence: bytes, policy: bytes) -> subprocess.CompletedProcess[str]:
    """Check an evidence file as an outsider does: in an empty folder, with no database, in a process of its own."""
    folder.mkdir()
    (folder / "evidence.zip").write_bytes(evidence)
    (folder / "policy").write_bytes(policy)
    command = [sys.executable, "-m", "ledger", "verify", "evidence.zip", "--policy", "policy"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )


def test_every_entry_says_what_was_entered_in_words(head: Browser, services: Services) -> None:
    for index in range(services.log.size()):
        page = told(head.read(f"/entries/{index}"))
        assert f"Entry {index}" in page
        assert "unaltered since it was entered" in page
        assert "This does not show that it is true" in page
        assert services.log.leaf(index).leaf_hash.hex() in page


def test_a_decision_s_entry_names_who_on_what_authority_and_what_it_says(head: Browser, services: Services) -> None:
    head.record(f"{PLACE}/approve", WORDING["approve_placement"].fields)
    services.checkpointer.publish()
    page = told(head.read(f"/entries/{newest(services)}"))
    for words in (
        "The right provision now.",
        "A. Head_Teacher, Head Teacher, in their own office",
        "14 September 2026",
        "Checked now",
    ):
        assert words in page
    assert "signed by a." not in page.lower()


def test_an_entry_newer_than_the_last_signature_is_not_called_checked(head: Browser, services: Services) -> None:
    head.record(f"{PLACE}/approve", WORDING["approve_placement"].fields)
    page = head.read(f"/entries/{newest(services)}")
    assert "Could not check yet" in page
    assert "app-check--unchecked" in page
    assert "app-check--checked" not in page


@pytest.mark.parametrize("attack", ["body", "leaf", "signature"])
def test_a_changed_entry_is_shown_as_changed_at_the_next_look(
    app: Flask, head: Browser, services: Services, attack: str
) -> None:
    columns = {
        "body": ("state", "CAST(replace(CAST(state AS TEXT), '2026', '2025') AS BLOB)"),
        "leaf": ("leaf_hash", "randomblob(32)"),
        "signature": ("signature", "randomblob(64)"),
    }
    column, value = columns[attack]
    assert "app-check--checked" in head.read("/entries/5")
    with sqlite3.connect(services.data / "ledger.sqlite") as database:
        attack_on_the_fifth = f"UPDATE stored_events SET {column} = {value} WHERE rowid = 6"  # noqa: S608 - the attack
        changed = database.execute(attack_on_the_fifth).rowcount
    database.close()
    assert changed == 1
    page = head.read("/entries/5")
    assert "app-check--changed" in page
    assert "Entry 5 is not as it was entered" in page
    assert "app-check--checked" not in page


def test_the_proof_of_entry_leads_from_the_entry_to_the_signature(head: Browser, services: Services) -> None:
    head.record(f"{PLACE}/approve", WORDING["approve_placement"].fields)
    index = newest(services)
    answer = head.client.get(f"/entries/{index}.tlog-proof")
    assert "attachment" in answer.headers["Content-Disposition"]
    proof = parse_proof(answer.data)
    assert proof.index == index
    size = int(proof.checkpoint.split(b"\n")[1])
    root = services.log.root(size)
    merkle.check_inclusion(index, size, merkle.leaf_hash(services.log.entry(index)), list(proof.hashes), root)


def test_evidence_is_checked_by_an_outsider_and_a_flipped_byte_is_found(
    app: Flask, head: Browser, tmp_path: Path
) -> None:
    policy = app.test_client().get("/policy").data
    for number, path in enumerate((f"{PLACE}/evidence.zip", "/entries/5/evidence.zip", "/entries/0/evidence.zip")):
        evidence = head.client.get(path).data
        good = verify(tmp_path / f"good{number}", evidence, policy)
        assert good.returncode == 0, good.stdout + good.stderr
        assert "VERIFIED" in good.stdout
        middle = len(evidence) // 2
        flipped = evidence[:middle] + bytes([evidence[middle] ^ 1]) + evidence[middle + 1 :]
        bad = verify(tmp_path / f"bad{number}", flipped, policy)
        assert bad.returncode == 1
        assert "NOT VERIFIED" in bad.stdout


def test_a_placements_evidence_says_nothing_of_another_pupil(head: Browser, lead: Browser, tmp_path: Path) -> None:
    from tests.web.browsing import as_json

    other = as_json(WORDING["enrol_pupil"].fields) | {"name": "Somebody Else", "upn": None, "local_ref": "RH-002"}
    assert lead.post("/pupils/enrol", other).status_code == 201
    assert b"Somebody Else" not in head.client.get(f"{PLACE}/evidence.zip").data
    assert b"Wren Ashby" in head.client.get(f"{PLACE}/evidence.zip").data


def test_an_inspector_may_look_and_take_evidence_and_record_nothing(app: Flask, services: Services) -> None:
    inspector = Browser(app, "inspector")
    before = recorded(services)
    assert "Record something" not in inspector.read(PLACE)
    assert "Propose a placement" not in inspector.read("/placements")
    assert inspector.client.get(f"{PLACE}/evidence.zip").status_code == 200
    assert inspector.post(f"{PLACE}/approve", {}).status_code == 403
    assert recorded(services) == before


@pytest.mark.parametrize(
    "path",
    [
        "/entries/9999",
        "/receipts/1/9999",
        "/receipts/9999/1",
        "/receipts/1/0",
        "/entries/9999.tlog-proof",
        "/entries/9999/evidence.zip",
        f"/placements/{named('nobody')}/evidence.zip",
    ],
)
def test_what_was_never_recorded_has_no_page(head: Browser, path: str) -> None:
    answer = head.get(path)
    assert answer.status_code == 404
    assert "404" not in told(answer.text)
