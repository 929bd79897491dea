"""Keys on a token: what it signs verifies, what it holds stays there, and each trouble has its sentence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest
from pkcs11 import Attribute, ObjectClass

from ledger import entry, note, token_keys
from ledger.key_files import KeysMissing
from ledger.keys import FileEntrySigner
from ledger.token_keys import TokenKey, TokenNotSet, TokenSettings, TokenUnusable
from tests.ledger import tokens

pytestmark = pytest.mark.skipif(not tokens.THERE, reason="SoftHSM2 is not installed")


def load(path: Path, settings: TokenSettings | None) -> TokenKey:
    opened = token_keys.open_key(path, b"", settings)
    assert isinstance(opened, TokenKey)
    return opened


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TokenSettings:
    """A token of this test's own."""
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    return tokens.make_token(tmp_path, tmp_path.name)


@pytest.fixture
def named(settings: TokenSettings, tmp_path: Path) -> Path:
    """A key file that names a key on it."""
    path = tmp_path / "entry.pem"
    path.write_bytes(token_keys.new_key("entry.pem", b"", settings))
    return path


@pytest.fixture
def key(settings: TokenSettings, named: Path) -> TokenKey:
    """That key."""
    return load(named, settings)


def test_a_key_on_a_token_signs_entries_and_checkpoints_that_anyone_can_check(key: TokenKey) -> None:
    signer, log = FileEntrySigner(key), note.Signer("ledger.example", key)

    entry.check_signature(signer.public_key, b"body", signer.sign(entry.pae(b"body")))
    assert note.open_note(log.sign("text\n"), [log.verifier])[0] == "text\n"


def test_the_private_half_cannot_be_read_from_the_token(settings: TokenSettings, key: TokenKey) -> None:
    key.sign(b"the token is logged in")
    session = pkcs11.lib(settings.module).get_token(token_label=settings.label).open()
    private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=key.id)

    assert (private[Attribute.SENSITIVE], private[Attribute.EXTRACTABLE]) == (True, False)
    with pytest.raises(pkcs11.PKCS11Error):
        private[Attribute.VALUE]


def test_a_key_is_found_again_by_what_the_key_folder_says_of_it(named: Path, settings: TokenSettings) -> None:
    again = load(named, settings)

    again.require()
    again.public_key().verify(again.sign(b"x"), b"x")
    assert again.encode() == named.read_bytes()


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"type=private", b"type=public"),
        (b"\n", b"\r\n"),
        (b"id=%", b"id="),
        (b"token=", b"token=a%2"),
        (b"=\n", b"\n"),
    ],
)
def test_what_the_key_folder_says_of_a_key_has_one_form(named: Path, was: bytes, becomes: bytes) -> None:
    named.write_bytes(named.read_bytes().replace(was, becomes, 1))
    with pytest.raises(KeysMissing, match=r"entry\.pem is damaged"):
        load(named, None)


def test_a_token_key_under_which_one_signature_fits_any_message_is_refused(named: Path) -> None:
    named.write_bytes(named.read_bytes().split(b"\n")[0] + b"\nAQ" + b"A" * 41 + b"=\n")
    with pytest.raises(KeysMissing, match=r"entry\.pem is damaged") as refused:
        load(named, None)
    assert "low order" in str(refused.value.__cause__)


def test_threads_that_sign_at_once_each_get_their_own_signature(key: TokenKey) -> None:
    messages = [str(number).encode() for number in range(64)]
    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(key.sign, messages))

    for message, signature in zip(messages, signatures, strict=True):
        key.public_key().verify(signature, message)


def test_a_lost_login_is_opened_once_more(settings: TokenSettings, key: TokenKey) -> None:
    key.sign(b"first")
    pkcs11.lib(settings.module).reinitialize()  # as if the token was pulled out and put back

    key.public_key().verify(key.sign(b"second"), b"second")


def test_a_wrong_pin_is_said_and_not_tried_again(settings: TokenSettings, named: Path) -> None:
    pkcs11.lib(settings.module).reinitialize()  # nobody is logged in
    wrong = load(named, replace(settings, pin="0000-wrong"))
    said = "refuses the PIN. It is not tried again, since tokens lock"

    with pytest.raises(TokenUnusable, match=said):
        wrong.sign(b"x")
    tokens.change_pin(settings, "0000-wrong")  # so that another try would open it
    with pytest.raises(TokenUnusable, match=said):
        wrong.sign(b"x")


def test_a_token_that_is_not_there_is_named(settings: TokenSettings, key: TokenKey) -> None:
    elsewhere = TokenKey("other", key.id, b"", replace(settings, label="other"))
    with pytest.raises(TokenUnusable, match=r"^The token 'other' is not there\. Put it in"):
        elsewhere.sign(b"x")


def test_a_key_that_the_token_does_not_hold_is_said_to_be_missing(settings: TokenSettings) -> None:
    with pytest.raises(TokenUnusable, match="does not hold the key that the ledger's key folder names"):
        TokenKey(settings.label, b"\x01", b"", settings).require()


def test_a_module_that_is_not_there_is_named(settings: TokenSettings) -> None:
    with pytest.raises(TokenUnusable, match=r"module /nowhere\.so cannot be loaded\. Install it"):
        token_keys.new_key("entry.pem", b"", replace(settings, module="/nowhere.so"))


def test_a_token_without_ed25519_is_refused_before_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    settings = tokens.make_token(tmp_path, "old", mechanisms="CKM_RSA_PKCS,CKM_SHA256")
    with pytest.raises(TokenUnusable, match=r"cannot sign with Ed25519 \(CKM_EDDSA\)"):
        token_keys.new_key("entry.pem", b"", settings)


def test_without_settings_a_token_key_checks_but_does_not_sign(
    settings: TokenSettings, named: Path, key: TokenKey
) -> None:
    unset = load(named, None)

    unset.public_key().verify(key.sign(b"x"), b"x")
    with pytest.raises(TokenNotSet, match="name its module, the token and its PIN in the settings"):
        unset.sign(b"x")
    with pytest.raises(TokenNotSet, match="but the settings name 'another'"):
        load(named, replace(settings, label="another")).sign(b"x")


def test_a_pin_is_in_no_representation() -> None:
    assert "2580" not in repr(TokenSettings("/module.so", "token", "2580-token"))
