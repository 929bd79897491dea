"""What an e-mail says of itself is read off any headers whatever: a letter that can be kept, or a plain no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values import LONDON
from tests.web.browsing import Browser
from tests.web.documents import letter, outlook
from web.file_types import NotTaken, recognised
from web.letters import NoLetter, read_letter, says_who_and_when

IMPOSSIBLE = [
    "Wed, 25 Nov 99999999999999 10:00:00 +0000",
    "Fri, 31 Dec 9999 23:59:59 -1200",
    "Mon, 1 Jan 1900 00:00:00 +0000",
]


@pytest.mark.parametrize("date", IMPOSSIBLE)
def test_an_e_mail_of_an_impossible_day_is_no_document(date: str, lead: Browser) -> None:
    content = letter(Date=date)
    assert not says_who_and_when(content)
    with pytest.raises(NoLetter):
        read_letter(content)
    with pytest.raises(NotTaken):
        recognised(content)
    assert read_letter(letter(Received=f"from a by b; {date}")).arrived_at is None
    assert lead.get("/answers/file").status_code == 200


def test_an_outlook_e_mail_of_an_impossible_day_is_no_letter() -> None:
    said = {
        "__substg1.0_0C1A001F": "Vera".encode("utf-16-le"),
        "__substg1.0_5D01001F": "v@easterby.example".encode("utf-16-le"),
    }
    submitted = (0x0039_0040).to_bytes(4, "little") + b"\x06\0\0\0" + b"\xff" * 8
    with pytest.raises(NoLetter):
        read_letter(outlook({**said, "__properties_version1.0": b"\0" * 32 + submitted}))


@pytest.mark.parametrize(
    "hidden", ["=?unicode_escape?q?=5Cud800?=", "=?utf-8?q?=00=E2=80=8B=1B=5B31m?=", "=?utf-8?b?a?="]
)
def test_what_is_no_character_in_sender_or_subject_is_replaced(hidden: str) -> None:
    found = read_letter(letter(subject=hidden, From=f"{hidden} <a@easterby.example>"))
    for text in (found.sender, found.subject, found.words):
        assert text.encode()
        assert not {"\x00", "\x1b", "\u200b"} & set(text)
    assert found.address == "a@easterby.example"


_CHARSETS = st.sampled_from(["utf-8", "unicode_escape", "utf-7", "idna", "punycode", "hex", "utf-16", "nonesuch"])
_WORDS = st.builds("=?{}?{}?{}?=".format, _CHARSETS, st.sampled_from("qbQx"), st.text("=5CudD80a\\?+-/AQ", max_size=12))
_DATES = st.builds(
    "{}, {} {} {} {}:00:00 {}".format,
    st.sampled_from(["Wed", ""]), st.integers(-1, 40), st.sampled_from(["Nov", "Dec", "x"]),
    st.integers(0, 10**20), st.integers(-1, 30), st.sampled_from(["+0000", "-0000", "-9999", "+9999999999", "GMT"]),
)  # fmt: skip
_SAID = st.one_of(st.text(max_size=20), _WORDS, _WORDS.map("{} <a@easterby.example>".format), _DATES)


@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning"
)  # Python's own, of escapes in what claims to be unicode_escape
@given(
    st.fixed_dictionaries(dict.fromkeys(("From", "Date", "Subject", "Received", "Content-Type"), _SAID)),
    st.binary(),
)
def test_any_headers_make_a_letter_that_can_be_kept_or_a_plain_no(headers: dict[str, str], body: bytes) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    content = head.encode("utf-8", "surrogatepass") + b"\r\n" + body
    try:
        found = read_letter(content)
    except NoLetter:
        return
    assert f"{found.sender}{found.address}{found.subject}{found.words}".encode()
    assert 1990 <= found.sent_at.astimezone(LONDON).year <= 2101
    says_who_and_when(content)
