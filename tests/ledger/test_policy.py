"""c2sp.org/tlog-policy and tlog-cosignature: whom the checker trusts, and whether enough of them agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import checkpoint as checkpoints
from ledger import note
from ledger.checkpoint import Checkpoint
from ledger.cosignature import Cosigner, check_cosignature, format_cosignature, parse_cosignature
from ledger.errors import VerificationError
from ledger.policy import Group, Policy, format_policy, open_checkpoint, parse_policy, trust_log
from tests.ledger.small_log import private_key, two_placements

LOG = two_placements()
VKEY = LOG.signer.vkey
NOON = 1_788_264_000
COSIGNER = Cosigner("x1.example", private_key("x1"))
LOG_TEXT = note.parse_note(LOG.checkpoint()).text


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
    trusted = open_checkpoint(LOG.checkpoint(), parse_policy(format_policy(trust_log(VKEY))))

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
        open_checkpoint(LOG.checkpoint(), parse_policy(format_policy(trust_log(other))))


def test_a_checkpoint_that_a_trusted_log_signed_in_anothers_name_is_refused() -> None:
    signed = checkpoints.sign(Checkpoint("ledger.example/another", 10, bytes(32)), [LOG.signer])

    with pytest.raises(VerificationError, match="another log"):
        open_checkpoint(signed, parse_policy(format_policy(trust_log(VKEY))))


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


def test_remarks_and_white_space_change_nothing() -> None:
    spaced = f"\n  # whom we trust, é\n\tlog \t{VKEY} \n\n quorum none\n"

    assert parse_policy(format_policy(trust_log(VKEY))) == parse_policy(spaced.encode())


WORDS = st.text(st.characters(exclude_characters=" \t", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Any policy: witnesses of any names, some with addresses, in any number of groups that do not overlap."""
    given_names = WORDS.filter(lambda word: word != "none")
    names = draw(st.lists(given_names, unique=True, max_size=6))
    witnesses = {name: witness(f"w{number}") for number, name in enumerate(names)}
    groups: dict[str, Group] = {}
    free = list(names)
    for name in draw(st.lists(given_names.filter(lambda word: word not in names), unique=True, max_size=3)):
        members = tuple(draw(st.lists(st.sampled_from(free), unique=True, min_size=1))) if free else ()
        if members:
            groups[name] = Group(draw(st.integers(1, len(members))), members)
            free = [each for each in free if each not in members] + [name]
    quorum = draw(st.sampled_from(["none", *witnesses, *groups]))
    addressed = draw(st.sets(st.sampled_from([VKEY, *(each.vkey for each in witnesses.values())])))
    return Policy((LOG.signer.verifier,), witnesses, groups, quorum, {vkey: draw(WORDS) for vkey in addressed})


@given(policies())
def test_whatever_policy_is_written_reads_as_the_same_policy(written: Policy) -> None:
    assert parse_policy(format_policy(written)) == written


def test_names_and_addresses_that_are_not_utf_8_are_kept_byte_for_byte() -> None:
    content = b"witness caf\xe9 " + X1.encode() + b" https://caf\xe9.example\nquorum caf\xe9\n"

    assert format_policy(parse_policy(content)) == content


@pytest.mark.parametrize("name", ["", "two words", "a\nquorum none", "none", "tab\t"])
def test_a_name_that_would_write_another_policy_is_refused(name: str) -> None:
    with pytest.raises(VerificationError):
        format_policy(Policy((), {name: witness("x1")}, {}, name))


@given(st.binary(max_size=80), st.integers(1, 2**63 - 1))
def test_a_cosignature_is_read_only_as_it_is_written(value: bytes, time: int) -> None:
    line = COSIGNER.cosign(LOG_TEXT, time)
    assert check_cosignature(LOG_TEXT, COSIGNER.verifier, line.value) == time
    assert format_cosignature(parse_cosignature(line.value)) == line.value
    try:
        assert format_cosignature(parse_cosignature(value)) == value
    except VerificationError:
        assert len(value) != 72 or not 0 < int.from_bytes(value[:8], "big") < 2**63


def test_the_logs_own_signature_does_not_pass_for_a_cosignature_nor_the_other_way_round() -> None:
    line = COSIGNER.cosign(LOG_TEXT, NOON)
    as_log = note.Verifier(COSIGNER.verifier.name, note.ED25519, COSIGNER.verifier.public_key)
    with pytest.raises(VerificationError, match="bad"):
        check_cosignature(LOG_TEXT, as_log, line.value)
    assert not as_log.accepts(LOG_TEXT.encode(), line.value[8:])


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
    assert format_policy(read) == format_policy(parse_policy(format_policy(read)))
    assert VKEY in [log.vkey for log in read.logs]
