"""Unique pupil numbers: the check letter by the published arithmetic, and against an implementation by others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import upn as other

from domain.errors import Impossible
from domain.rules.upn import check_letter, refuse_malformed
from tests.domain.builders import a_school
from tests.domain.people import named

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
WORKED = ["B801200005001", "P207000016049", "X823400121007", "E20212309800A", "Z878432120001", "K999000125001"]


@pytest.mark.parametrize("number", WORKED)
def test_the_worked_examples_pass(number: str) -> None:
    refuse_malformed(number)
    assert check_letter(number[1:]) == number[0]


@pytest.mark.parametrize(
    "number",
    [
        "Q207000016049",
        "B801200005010",
        "b801200005001",
        "B80120000500",
        "B801200005001 ",
        "I801200005001",
        "",
        "B80120000500O",
    ],
)
def test_a_wrong_letter_or_form_is_impossible(number: str) -> None:
    with pytest.raises(Impossible) as error:
        refuse_malformed(number)
    assert error.value.field == "upn"


@given(
    st.sampled_from(sorted(other._la_numbers)),
    st.from_regex(r"[0-9]{8}", fullmatch=True),
    st.sampled_from("0123456789" + LETTERS),
    st.sampled_from(LETTERS),
)
def test_ours_and_theirs_agree_on_every_number_of_a_real_authority(la: str, middle: str, last: str, first: str) -> None:
    number = f"{first}{la}{middle}{last}"
    assert other.is_valid(number) == (first == check_letter(number[1:]))
    assert other.is_valid(check_letter(number[1:]) + number[1:])


def test_a_pupil_with_a_wrong_number_is_not_enrolled_and_one_without_a_number_is() -> None:
    school = a_school()
    school.rejects(Impossible, "enrol_pupil", id=named("second"), upn="A999000125001")
    assert school.enter("enrol_pupil", id=named("second"), upn=None)
