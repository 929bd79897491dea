"""A ledger whose signing keys lie on a token, from its making to its audit, and one that moves there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ledger import tokens
from tests.web.test_cli import one_sentence, web
from web import token
from web.config import SettingsMissing
from web.founding import NoPassphrase

pytestmark = pytest.mark.skipif(not tokens.THERE, reason="SoftHSM2 is not installed")
SECRET = {"PLACEMENT_LEDGER_PASSPHRASE": "correct horse battery"}
ORIGIN = "ledger.school.example/ap"


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The settings of a token of this test's own, its PIN in a file."""
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    made = tokens.make_token(tmp_path, "ap-ledger")
    pin = tmp_path / "pin"
    pin.write_text(made.pin + "\n")
    pin.chmod(0o600)
    return SECRET | {token.MODULE: made.module, token.LABEL: made.label, token.PIN_FILE: str(pin)}


def done(*words: str | Path, **settings: str) -> str:
    ran = web(*words, **settings)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_ledger_whose_keys_never_left_a_token_is_made_rotated_and_audited(
    held: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "ledger"
    done("init", "--token", "--data", folder, "--origin", ORIGIN, **held)
    before = json.loads(done("keys", "list", "--json", "--data", folder, **SECRET))
    done("keys", "rotate", "--entry", "--data", folder, **held)
    done("keys", "rotate", "--log", "--data", folder, **held)
    done("keys", "retire", "--data", folder, **held)
    after = json.loads(done("keys", "list", "--json", "--data", folder, **SECRET))

    assert before["entry_key"] != after["entry_key"]
    assert before["verifier_keys"] != after["verifier_keys"]
    for name in ("entry.pem", "log.pem"):
        assert (folder / "keys" / name).read_text().startswith("pkcs11:token=ap-ledger;id=%")
    done("audit", "--data", folder, **SECRET)  # checking needs no token


def test_keys_move_from_files_to_a_token(held: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    done("init", "--data", folder, "--origin", ORIGIN, **SECRET)
    done("keys", "rotate", "--entry", "--to-token", "--data", folder, **held)
    done("keys", "rotate", "--log", "--to-token", "--data", folder, **held)
    done("keys", "retire", "--data", folder, **held)

    assert {path.name for path in (folder / "keys").glob("*.pem")} == {"entry.pem", "log.pem"}
    for path in (folder / "keys").glob("*.pem"):
        assert "PRIVATE KEY" not in path.read_text()
    done("audit", "--data", folder, **SECRET)


def test_without_the_token_nothing_is_entered_and_it_is_said_which_is_missing(
    held: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "ledger"
    done("init", "--token", "--data", folder, "--origin", ORIGIN, **held)
    rotate = ("keys", "rotate", "--entry", "--data", folder)

    assert "No token is set to make the key on" in one_sentence(web(*rotate, **SECRET))
    (tmp_path / "tokens").rename(tmp_path / "taken")
    (tmp_path / "tokens").mkdir()
    assert "The token 'ap-ledger' is not there" in one_sentence(web(*rotate, **held))
    assert json.loads(done("keys", "list", "--json", "--data", folder, **SECRET))["history"][0]["retired"] is None


def test_a_token_that_makes_no_keys_leaves_no_half_made_ledger(held: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    wrong = held | {token.LABEL: "another"}
    refused = web("init", "--token", "--data", folder, "--origin", ORIGIN, **wrong)

    assert "The token 'another' is not there" in one_sentence(refused)
    assert not list(folder.iterdir())


def test_half_a_tokens_settings_are_refused_naming_each_that_is_missing(tmp_path: Path) -> None:
    assert token.configured({}) is None
    with pytest.raises(SettingsMissing, match=rf"{token.MODULE} is not set(.|\n)*{token.PIN_FILE}"):
        token.configured({token.LABEL: "ap-ledger"})
    open_to_all = tmp_path / "pin"
    open_to_all.write_text("1234\n")
    open_to_all.chmod(0o644)
    with pytest.raises(NoPassphrase, match=f"Others may read {open_to_all}, named by {token.PIN_FILE}"):
        token.configured({token.MODULE: "/m.so", token.LABEL: "ap-ledger", token.PIN_FILE: str(open_to_all)})
