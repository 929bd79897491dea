"""c2sp.org/signed-note: whom a note was signed by, and everything that is not one."""

from __future__ import annotations

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from ledger import note
from ledger.errors import VerificationError
from tests.ledger.small_log import private_key
from tests.ledger.vectors import vector

ALICE, BOB = (note.Signer(name, private_key(name)) for name in ("alice.example", "bob.example/log"))
TEXT = "It was agreed.\n\nOn Monday.\n"


def both(text: str = TEXT) -> bytes:
    """A note that two keys signed."""
    notes = [note.parse_note(signer.sign(text)) for signer in (ALICE, BOB)]
    return note.format_note(note.Note(text, tuple(each.signatures[0] for each in notes)))


def case_of(identity: str) -> tuple[bytes, list[note.Verifier], bool]:
    """One published case: the note, the keys known, and whether it opens."""
    case = next(case for case in vector("signed_note.json")["cases"] if case["id"] == identity)
    content = b64decode(case["note_b64"]) if "note_b64" in case else case["note"].encode()
    return content, [note.parse_vkey(vkey) for vkey in case["vkeys"]], case["ok"]


def test_every_published_note_opens_or_is_refused_as_published() -> None:
    for case in vector("signed_note.json")["cases"]:
        content, known, opens = case_of(case["id"])
        if opens:
            text, signers = note.open_note(content, known)
            assert case["verified"] == [signer.name for signer in signers], case["id"]
            assert content.startswith(text.encode() + "\n— ".encode())
        else:
            with pytest.raises(VerificationError):
                note.open_note(content, known)


def test_signing_makes_the_published_bytes() -> None:
    vectors = vector("signed_note.json")
    _, _, name, _, key = vectors["skeys"]["PeterNeumann"].split("+", 4)
    signer = note.Signer(name, Ed25519PrivateKey.from_private_bytes(b64decode(key)[1:]))

    assert vectors["sign"]["want"].encode() == signer.sign(vectors["sign"]["text"])


def test_published_malformed_verifier_keys_are_refused() -> None:
    vectors = vector("signed_note.json")
    good = vectors["cases"][0]["vkeys"][0]
    parts = {good[start:end] for start in range(len(good)) for end in range(start + 1, len(good) + 1)} - {good}
    mangled = [good[:place] + chr(ord(good[place]) + 1) + good[place + 1 :] for place in range(len(good))]
    for bad in [*vectors["bad_vkeys"], *sorted(parts), *mangled]:
        with pytest.raises(VerificationError):
            note.parse_vkey(bad)


def test_a_verifier_key_is_read_back_as_it_was_written() -> None:
    for signer in (ALICE, BOB):
        assert signer.verifier == note.parse_vkey(signer.vkey)


def test_a_verifier_key_that_is_not_in_its_one_spelling_is_refused() -> None:
    for y in (2**255 - 19 + 3, 2**255 - 1):
        other = note.Verifier("alice.example", note.ED25519, y.to_bytes(32, "little"))

        with pytest.raises(VerificationError, match="canonical"):
            note.parse_vkey(other.vkey)


def test_a_verifier_key_of_low_order_is_refused() -> None:
    weak = note.Verifier("alice.example", note.ED25519, (1).to_bytes(32, "little"))

    with pytest.raises(VerificationError, match="low order"):
        note.parse_vkey(weak.vkey)


def test_unknown_signers_are_ignored_and_known_ones_named() -> None:
    assert (TEXT, (BOB.verifier,)) == note.open_note(both(), [BOB.verifier])
    assert (TEXT, (ALICE.verifier, BOB.verifier)) == note.open_note(both(), [BOB.verifier, ALICE.verifier])


def test_a_note_that_nobody_known_signed_is_refused() -> None:
    with pytest.raises(VerificationError, match="No trusted key"):
        note.open_note(both(), [note.Signer("alice.example", private_key("another")).verifier])


def test_one_bad_signature_of_a_known_key_refuses_a_note_that_another_signed() -> None:
    parsed = note.parse_note(both())
    first = parsed.signatures[0]
    bent = note.Signature(first.name, first.key_id, bytes(64))
    content = note.format_note(note.Note(TEXT, (bent, parsed.signatures[1])))

    with pytest.raises(VerificationError, match=r"alice\.example"):
        note.open_note(content, [ALICE.verifier, BOB.verifier])
    assert (TEXT, (BOB.verifier,)) == note.open_note(content, [BOB.verifier])


def test_a_bad_second_line_of_a_key_refuses_a_note_that_its_first_line_signed() -> None:
    (line,) = note.parse_note(ALICE.sign(TEXT)).signatures
    twice = note.format_note(note.Note(TEXT, (line, line)))
    bent = note.format_note(note.Note(TEXT, (line, note.Signature(line.name, line.key_id, bytes(64)))))

    assert note.open_note(twice, [ALICE.verifier]) == (TEXT, (ALICE.verifier,))
    with pytest.raises(VerificationError, match=r"alice\.example"):
        note.open_note(bent, [ALICE.verifier])


def test_sixteen_signatures_are_taken_and_more_than_a_hundred_are_not() -> None:
    strangers = [note.Signer(f"stranger.example/{number}", private_key(f"{number}")) for number in range(100)]
    lines = [note.parse_note(each.sign(TEXT)).signatures[0] for each in (ALICE, *strangers)]

    for count in (16, 100):
        content = note.format_note(note.Note(TEXT, tuple(lines[:count])))
        assert note.open_note(content, [ALICE.verifier])[1] == (ALICE.verifier,)
    with pytest.raises(VerificationError):
        note.parse_note(note.format_note(note.Note(TEXT, tuple(lines))))


def test_a_witnesss_key_does_not_sign_notes() -> None:
    key = private_key("alice.example")
    cosigner = note.Verifier("alice.example", note.COSIGNATURE, key.public_key().public_bytes_raw())
    line = note.Signature(cosigner.name, cosigner.key_id, key.sign(TEXT.encode()))

    with pytest.raises(VerificationError):
        note.open_note(note.format_note(note.Note(TEXT, (line,))), [cosigner])


def test_every_changed_byte_of_a_signed_note_is_caught() -> None:
    content = ALICE.sign(TEXT)
    for place in range(len(content)):
        with pytest.raises(VerificationError):
            note.open_note(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :], [ALICE.verifier])


@pytest.mark.parametrize("name", ["", "two words", "plus+sign", "no\u00a0break", "line\nbreak", "half\ud800"])
def test_a_name_that_cannot_stand_in_a_signature_line_is_refused(name: str) -> None:
    with pytest.raises(note.BadKeyName):
        note.Signer(name, private_key("any"))


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])).map(lambda line: f"{line}\n"))
def test_any_text_is_signed_and_opened(text: str) -> None:
    assert (text, (ALICE.verifier,)) == note.open_note(ALICE.sign(text), [ALICE.verifier])


@given(st.binary() | st.text().map(str.encode) | st.binary(max_size=9).map(lambda bend: both().replace(b"e", bend)))
def test_whatever_goes_in_only_a_verification_error_comes_out(content: bytes) -> None:
    try:
        note.open_note(content, [ALICE.verifier])
    except VerificationError:
        return
    assert content == note.format_note(note.parse_note(content))


@given(st.text() | st.text("alice.example+0123456789abcdef/=A"))
def test_whatever_a_verifier_key_is_only_a_verification_error_comes_out(text: str) -> None:
    with pytest.raises(VerificationError):
        note.parse_vkey(text)
