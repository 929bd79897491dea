"""c2sp.org/tlog-policy and tlog-cosignature: whom the checker trusts, and whether enough of them agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import checkpoint as checkpoints
from ledger import note
from ledger.checkpoint import Checkpoint
from ledger.errors import VerificationError
from ledger.policy import Policy, format_policy, open_checkpoint, parse_policy
from tests.ledger.small_log import private_key, two_placements

LOG = two_placements()
VKEY = LOG.signer.vkey
NOON = 1_788_264_000


def witness(name: str) -> note.Verifier:
    """A witness's key."""
    return note.Verifier(f"{name}.example", note.COSIGNATURE, private_key(name).public_key().public_bytes_raw())


def cosigned(*names: str, time: int = NOON, text: str | None = None) -> bytes:
    """The log's checkpoint with the lines of these witnesses."""
    parsed = note.parse_note(LOG.checkpoint())
    lines = list(parsed.signatures)
    for name in names:
        message = f"cosignature/v1\ntime {time}\n{text or parsed.text}".encode()
        value = time.to_bytes(8, "big") + private_key(name).sign(message)
        lines.append(note.Signature(witness(name).name, witness(name).key_id, value))
    return note.format_note(note.Note(parsed.text, tuple(lines)))


def policy(*lines: str) -> Policy:
    """A policy that trusts the log, names five witnesses, and has these lines."""
    known = [f"witness {name} {witness(name).vkey}" for name in ("x1", "x2", "x3", "y1", "y2")]
    return parse_policy("".join(f"{line}\n" for line in (f"log {VKEY}", *known, *lines)).encode())


QUORUM = policy("group x 2 x1 x2 x3", "group y any y1 y2", "group both all x y", "quorum both")


@pytest.mark.parametrize(
    ("names", "holds"),
    [
        (("x1", "x2", "y1"), True),
        (("x1", "x3", "y1", "y2"), True),
        (("x1", "x2", "x3"), False),
        (("x1", "y1", "y2"), False),
        (("x1", "x1", "y1"), False),
        (("stranger", "x1", "y1"), False),
        ((), False),
    ],
)
def test_a_checkpoint_holds_where_the_groups_of_the_quorum_cosigned_it(names: tuple[str, ...], *, holds: bool) -> None:
    if holds:
        assert set(names) == set(open_checkpoint(cosigned(*names), QUORUM).witnesses)
        return
    with pytest.raises(VerificationError, match="Too few"):
        open_checkpoint(cosigned(*names), QUORUM)


def test_a_quorum_of_one_witness_needs_that_witness() -> None:
    assert open_checkpoint(cosigned("x2"), policy("quorum x2")).witnesses == ("x2",)
    with pytest.raises(VerificationError, match="Too few"):
        open_checkpoint(cosigned("x1"), policy("quorum x2"))


def test_quorum_none_asks_for_no_witness() -> None:
    trusted = open_checkpoint(LOG.checkpoint(), parse_policy(format_policy(VKEY).encode()))

    assert (trusted.checkpoint.size, trusted.witnesses) == (10, ())


@pytest.mark.parametrize(
    "signed",
    [
        cosigned("x1", text="ledger.example/demo\n11\n" + "A" * 43 + "=\n"),
        cosigned("x1", time=0),
        cosigned("x1", time=2**63),
    ],
)
def test_a_bad_cosignature_of_a_trusted_witness_refuses_the_checkpoint(signed: bytes) -> None:
    with pytest.raises(VerificationError, match="cosignature"):
        open_checkpoint(signed, policy("quorum none"))


def test_a_cosignature_does_not_pass_for_another_time() -> None:
    parsed = note.parse_note(cosigned("x1"))
    line = parsed.signatures[1]
    later = note.Signature(line.name, line.key_id, (NOON + 1).to_bytes(8, "big") + line.value[8:])

    with pytest.raises(VerificationError, match="cosignature"):
        open_checkpoint(note.format_note(note.Note(parsed.text, (parsed.signatures[0], later))), policy("quorum x1"))


def test_a_checkpoint_by_an_unknown_key_is_refused() -> None:
    other = note.Signer(LOG.origin, private_key("another")).vkey

    with pytest.raises(VerificationError, match="No trusted key"):
        open_checkpoint(LOG.checkpoint(), parse_policy(format_policy(other).encode()))


def test_a_checkpoint_that_a_trusted_log_signed_in_anothers_name_is_refused() -> None:
    signed = checkpoints.sign(Checkpoint("ledger.example/another", 10, bytes(32)), LOG.signer)

    with pytest.raises(VerificationError, match="another log"):
        open_checkpoint(signed, parse_policy(format_policy(VKEY).encode()))


def test_a_witnesss_line_does_not_stand_in_for_the_logs() -> None:
    parsed = note.parse_note(cosigned("x1"))

    with pytest.raises(VerificationError, match="No trusted key"):
        open_checkpoint(note.format_note(note.Note(parsed.text, parsed.signatures[1:])), policy("quorum x1"))


X1, X2 = (witness(name).vkey for name in ("x1", "x2"))


@pytest.mark.parametrize(
    "text",
    [
        f"log {VKEY}\n",
        f"log {VKEY}\nquorum none\nquorum none\n",
        f"log {VKEY}\nlog {VKEY}\nquorum none\n",
        f"log {X1}\nquorum none\n",
        f"witness a {VKEY}\nquorum none\n",
        f"witness a {X1}\nwitness b {X1}\nquorum none\n",
        f"witness a {X1}\nwitness a {X2}\nquorum none\n",
        f"witness none {X1}\nquorum none\n",
        "quorum a\n",
        f"quorum a\nwitness a {X1}\n",
        f"witness a {X1}\ngroup a any a\nquorum a\n",
        f"witness a {X1}\ngroup g 2 a\nquorum g\n",
        f"witness a {X1}\ngroup g 0 a\nquorum g\n",
        f"witness a {X1}\ngroup g 01 a\nquorum g\n",
        f"witness a {X1}\ngroup g any a a\nquorum g\n",
        f"witness a {X1}\ngroup g any a\ngroup h any a\nquorum g\n",
        f"witness a {X1}\ngroup g any\nquorum g\n",
        f"witness a {X1}\ngroup g any none\nquorum g\n",
        "group g any h\ngroup h any g\nquorum g\n",
        "trust everybody\nquorum none\n",
        f"log {VKEY}\r\nquorum none\r\n",
        "log alice+01234567+AAAA\nquorum none\n",
        "quorum none # and a remark\n",
    ],
)
def test_a_policy_that_the_specification_does_not_allow_is_refused(text: str) -> None:
    with pytest.raises(VerificationError):
        parse_policy(text.encode())


def test_remarks_white_space_and_addresses_change_nothing() -> None:
    spaced = f"\n  # whom we trust, é\n\tlog \t{VKEY}  https://ledger.example/demo \n\n quorum none\n"

    assert parse_policy(format_policy(VKEY).encode()) == parse_policy(spaced.encode())


@given(
    st.binary()
    | st.lists(
        st.sampled_from(["log", "group", "quorum", "witness", "none", "any", "a", "2", VKEY, X1, " ", "\n"])
    ).map(lambda words: " ".join(words).encode())
)
def test_whatever_a_policy_says_only_a_verification_error_comes_out(content: bytes) -> None:
    try:
        read = parse_policy(content)
        open_checkpoint(cosigned("x1"), read)
    except VerificationError:
        return
    assert VKEY in [log.vkey for log in read.logs]
