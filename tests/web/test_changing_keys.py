"""An operator changes the ledger's keys, and a new ledger goes on from one that had to stop."""

from __future__ import annotations

import json
import sqlite3
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from ledger import checkpoint
from ledger.policy import parse_policy
from ledger.rotation import KeyChanges
from ledger.verify import verify
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, as_json
from tests.web.conftest import PASSPHRASE, RUN_KEY
from tests.web.test_cli import one_sentence, web
from web.application import create_app
from web.bootstrap import Services, open_services
from web.commands.changing_keys import STILL_RECORDED
from web.config import Config

SECRET = {"PLACEMENT_LEDGER_PASSPHRASE": "correct horse battery"}


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A real, empty ledger."""
    folder = tmp_path / "ledger"
    done = web("init", "--data", folder, "--origin", "ledger.school.example/ap", **SECRET)
    assert done.returncode == 0, done.stderr
    return folder


def keys(folder: Path, *words: str) -> str:
    done = web("keys", *words, "--data", folder, **SECRET)
    assert done.returncode == 0, done.stderr
    return done.stdout


def listed(folder: Path) -> dict[str, object]:
    said: dict[str, object] = json.loads(keys(folder, "list", "--json"))
    return said


def test_keys_are_rotated_ended_and_revoked_and_the_audit_stays_clean(real: Path) -> None:
    before = listed(real)
    assert "retired with entry 2" in keys(real, "rotate", "--entry")
    assert "as well as" in keys(real, "rotate", "--log")
    assert len(parse_policy(keys(real, "export-policy").encode()).logs) == 2
    assert "signs nothing more" in keys(real, "retire")
    after = listed(real)
    (log,) = parse_policy(keys(real, "export-policy").encode()).logs

    assert before["entry_key"] != after["entry_key"]
    assert [log.vkey] == after["verifier_keys"] != before["verifier_keys"]
    assert "retired at entry 2" in keys(real, "list")
    assert web("audit", "--data", real, **SECRET).returncode == 0
    old = str(before["entry_key"])
    assert "not believed from entry 3 on" in keys(real, "revoke", old, "--from-entry", "3", "--reason", "lost")
    assert "not believed from entry 3 on" in keys(real, "list")
    assert web("audit", "--data", real, **SECRET).returncode == 0  # nothing of what it signed lies there


def test_evidence_is_checked_by_the_new_log_key_alone_from_the_moment_that_it_signs(real: Path, tmp_path: Path) -> None:
    policies, files = [], []
    for action in (("rotate", "--log"), ("retire",)):
        keys(real, *action)
        files.append(tmp_path / f"{action[0]}.zip")
        for_whom = ("--for", "An inspector DEMO", "--purpose", "An inspection")
        done = web("export-bundle", "--whole", files[-1], *for_whom, "--data", real, **SECRET)
        assert done.returncode == 0, done.stderr
        policies.append(keys(real, "export-policy").encode())

    for file in files:
        for policy in policies:
            verify(BytesIO(file.read_bytes()), policy, print)


def test_a_backup_made_after_keys_changed_restores_and_audits_clean(real: Path, tmp_path: Path) -> None:
    keys(real, "rotate", "--entry")
    keys(real, "rotate", "--log")
    keys(real, "retire")
    assert web("backup", tmp_path / "backup", "--data", real, **SECRET).returncode == 0
    fresh = tmp_path / "fresh"
    lock = real / "checkpoint.lock"
    done = web("restore", tmp_path / "backup", "--data", fresh, "--lock", lock, **SECRET)

    assert done.returncode == 0, done.stderr
    assert web("audit", "--data", fresh, **SECRET).returncode == 0
    assert listed(fresh) == listed(real)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("rotate",), "Say which"),
        (("rotate", "--entry", "--log"), "Say which"),
        (("retire",), "rotate --log first"),
        (("revoke",), "Give the key"),
        (("revoke", "0" * 16, "--from-entry", "0", "--reason", "x"), "no key of this ledger"),
        (("compromise",), "--reason"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_sentence(real: Path, words: tuple[str, ...], says: str) -> None:
    done = web("keys", *words, "--data", real, **SECRET)
    assert done.returncode == 1
    assert says in one_sentence(done)


def test_a_ledger_that_had_to_stop_is_frozen_and_a_new_one_goes_on_from_it(real: Path, tmp_path: Path) -> None:
    said = keys(real, "compromise", "--reason", "the key folder was copied")
    new = tmp_path / "new"
    origin = "ledger.school.example/ap-2"
    made = web("init", "--data", new, "--origin", origin, "--continues", real, **SECRET)
    assert made.returncode == 0, made.stderr

    assert "frozen at entry 1" in said
    assert "frozen from entry 1 on" in keys(real, "list")
    assert listed(real)["frozen_at"] == 1
    assert listed(new)["frozen_at"] is None
    done = web("audit", "--data", new, "--json", **SECRET)
    assert done.returncode == 0, done.stdout
    facts = second_entry(new)
    signed = checkpoint.parse_checkpoint(b64decode(facts["checkpoint"]).decode().partition("\n\n")[0] + "\n")
    assert (facts["origin"], facts["size"]) == (signed.origin, signed.size) == ("ledger.school.example/ap", 2)
    assert b64decode(facts["root"]) == signed.root


def test_nothing_goes_on_from_a_folder_that_signed_nothing(real: Path, tmp_path: Path) -> None:
    (real / "checkpoint.lock").unlink(missing_ok=True)
    done = web("init", "--data", tmp_path / "new", "--origin", "x.example/new", "--continues", real, **SECRET)

    assert done.returncode == 1
    assert "nothing to go on from" in one_sentence(done)
    assert not (tmp_path / "new").exists() or not any((tmp_path / "new").iterdir())


def second_entry(folder: Path) -> dict[str, str]:
    with sqlite3.connect(folder / "ledger.sqlite") as connection:
        (state,) = connection.execute("SELECT state FROM stored_events WHERE rowid = 2").fetchone()
    connection.close()
    facts: dict[str, str] = json.loads(state)["facts"]
    return facts


def test_a_running_service_shows_and_records_nothing_after_its_keys_changed_and_says_what_to_do(
    services: Services, app: Flask
) -> None:
    head = Browser(app, "head-teacher").client
    assert head.get("/placements").status_code == 200
    command = open_services(services.data, None, PASSPHRASE, services.clock)
    KeyChanges(command.application.recorder, services.data / "keys", PASSPHRASE).rotate_entry_key(services.clock())
    command.close()

    shown, ready = head.get("/placements"), app.test_client().get("/health/ready")
    assert (shown.status_code, ready.status_code) == (503, 503)
    assert b"must start it again" in shown.data
    assert "start the service again" in ready.get_json()["keys"]


def test_a_frozen_ledger_is_read_and_what_is_sent_to_it_is_refused_in_words(services: Services) -> None:
    KeyChanges(services.application.recorder, services.data / "keys", PASSPHRASE).freeze(
        "lost", STILL_RECORDED, services.clock()
    )
    head = Browser(create_app(services, Config(RUN_KEY)), "head-teacher")

    assert head.client.get("/placements").status_code == 200
    refused = head.post("/pupils/enrol", as_json(WORDING["enrol_pupil"].fields) | {"local_ref": "RH-002", "upn": None})
    assert refused.status_code == 409
    assert "was frozen at entry" in refused.get_json()["detail"]
