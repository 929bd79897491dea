"""Whatever goes into a parser, only a verification error comes out: each is fed raw bytes and bent good inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import body as bodies
from ledger import checkpoint as checkpoints
from ledger import cosignature, disclosure, named_files, note, policy, stored_zip, strict_json, tiles, witness_request
from ledger import entry as entries
from ledger.bundle import Bundle
from ledger.cosignature import Cosigner
from ledger.errors import VerificationError
from ledger.proof import parse_proof
from ledger.scope import PupilScope
from ledger.verify import verify
from ledger.verify_tiles import verify_tiles
from tests.ledger.exported_log import Exported, an_entry
from tests.ledger.small_log import PUPIL, body, private_key, two_placements

LOG = two_placements()
FILE = Exported(PupilScope(PUPIL)).state().file()
WITNESS = Cosigner("witness.example/w1", private_key("witness"))
TEXT = note.parse_note(LOG.checkpoint()).text
LINE = WITNESS.cosign(TEXT, 1_800_000_000)
COSIGNED = note.format_note(note.Note(TEXT, (*note.parse_note(LOG.checkpoint()).signatures, LINE)))
POLICY = f"""# mine
log {LOG.signer.vkey} https://ledger.example/
witness w1 {WITNESS.vkey}
group both all w1
quorum both
""".encode()
TRUST = policy.parse_policy(POLICY)
REQUEST = b"old 0\n\n" + LOG.checkpoint()


def text_of(content: bytes) -> str:
    """Bytes as a caller may hand them over as text, with what is not UTF-8 as half characters."""
    return content.decode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Parser:
    """One way in, and inputs that it takes."""

    name: str
    takes: Callable[[bytes], object]
    good: Sequence[bytes]


PARSERS = (
    Parser("note", note.parse_note, [LOG.checkpoint(), COSIGNED]),
    Parser("open note", lambda content: note.open_note(content, TRUST.logs), [LOG.checkpoint(), COSIGNED]),
    Parser(
        "vkey", lambda content: note.parse_vkey(text_of(content)), [LOG.signer.vkey.encode(), WITNESS.vkey.encode()]
    ),
    Parser("checkpoint", lambda content: checkpoints.parse_checkpoint(text_of(content)), [TEXT.encode()]),
    Parser("signed checkpoint", lambda content: checkpoints.open(content, [LOG.signer.verifier]), [COSIGNED]),
    Parser("proof", parse_proof, [LOG.proof(6), LOG.proof(0, 1)]),
    Parser("policy", policy.parse_policy, [POLICY]),
    Parser("checkpoint under a policy", lambda content: policy.open_checkpoint(content, TRUST), [COSIGNED]),
    Parser("cosignature", cosignature.parse_cosignature, [LINE.value]),
    Parser(
        "checked cosignature",
        lambda content: cosignature.check_cosignature(TEXT, WITNESS.verifier, content),
        [LINE.value],
    ),
    Parser("request to a witness", witness_request.parse_request, [REQUEST]),
    Parser("entry", entries.parse, [LOG.entries[6]]),
    Parser("body", bodies.decode, [body(), entries.parse(LOG.entries[6]).body]),
    Parser("disclosure", disclosure.parse, LOG.disclosures[6]),
    Parser(
        "files a disclosure names",
        lambda content: named_files.named(disclosure.parse(content)),
        [
            b'["RR3qpALpN2tzyx886alxdQ","evidence",{"evidence":[{"file_id":"0f8fad5b-d9cb-469f-a165-70867728950e",'
            b'"name":"a.pdf","media_type":"application/pdf","size":1,"sha256":"' + b"0" * 64 + b'"}]}]'
        ],
    ),
    Parser("JSON", strict_json.decode, [body(), b'[1,[{"a":"\xc3\xa4"}],null]', b"[" * 900 + b"]" * 900]),
    Parser("ZIP", lambda content: stored_zip.scan(BytesIO(content)), [an_entry(1)]),
    Parser("evidence file", lambda content: list(Bundle(BytesIO(content)).items()), [an_entry(1), FILE]),
    Parser("checked evidence file", lambda content: verify(BytesIO(content), LOG.policy, lambda *_: None), [FILE]),
    Parser("tile", lambda content: tiles.parse_hashes(content, 3), [bytes(96)]),
    Parser("entry bundle", lambda content: tiles.parse_entries(content, 2), [tiles.format_entries(LOG.entries[:2])]),
    Parser("tile's path", lambda content: tiles.parse_path(text_of(content)), [b"tile/0/x001/x234/067.p/12"]),
)


@st.composite
def bent(draw: st.DrawFn, good: Sequence[bytes]) -> bytes:
    """A good input with up to four changes: bytes replaced, put in, taken out, repeated, cut off or swapped."""
    content = draw(st.sampled_from(good))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        stop = draw(st.integers(start, min(len(content), start + 40)))
        piece = content[start:stop]
        change = draw(st.sampled_from(["replace", "repeat", "remove", "cut", "move", "number"]))
        if change == "cut":
            content = content[:start]
            continue
        put = {
            "replace": draw(
                st.binary(max_size=8) | st.text(max_size=4).map(lambda text: text.encode("utf-8", "ignore"))
            ),
            "repeat": piece + piece,
            "remove": b"",
            "move": content[stop : stop + 9] + piece,
            "number": draw(st.integers(-(2**70), 2**70).map(lambda number: b"%d" % number)),
        }[change]
        content = content[:start] + put + content[stop:]
    return content


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_the_inputs_that_are_bent_are_good_before(parser: Parser) -> None:
    for content in parser.good:
        parser.takes(content)


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
@settings(max_examples=120)
@given(data=st.data())
def test_whatever_goes_in_only_a_verification_error_comes_out(parser: Parser, data: st.DataObject) -> None:
    content = data.draw(bent(parser.good) | st.binary(max_size=200))
    try:
        parser.takes(content)
    except VerificationError:
        return


@pytest.mark.parametrize("depth", [400, 900, 960, 970, 980, 985, 990, 995, 1000, 2000, 100_000])
def test_json_nested_as_deep_as_the_interpreter_goes_or_deeper_is_refused_or_read(depth: int) -> None:
    content = b"[" * depth + b"]" * depth
    try:
        assert strict_json.decode(content)
    except VerificationError:
        return


def test_a_folder_of_tiles_that_is_a_file_or_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("file", "loop", "nothing"):
        with pytest.raises((VerificationError, OSError)):
            verify_tiles(tmp_path / name, LOG.policy, lambda *_: None)
