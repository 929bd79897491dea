"""Whom an answer names is found in its bytes, in whichever form it leaves."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from web.finding import Finder


def test_two_pupils_of_one_name_are_told_apart_where_the_page_can_and_both_recorded_where_not() -> None:
    finder, one, other = Finder(), uuid4(), uuid4()
    for pupil_id in (one, other):
        finder.take_in([(pupil_id, "Ada O'Neill", None)])
    assert finder.find(f"Ada O&#39;Neill {one}".encode()) == {one}
    assert finder.find(b"<b>Ada O&#39;Neill</b>") == {one, other}
    assert finder.find(b"Ada O'Neillson") == set()


@pytest.mark.parametrize(
    "name",
    [
        "Ada Saltmeadow",
        "ada saltmeadow",
        "ʻokina kahale",
        "de Souza, Ana",
        "Élodie Ünal",
        'Bo "B" Lee',
        "O'Neill-Smith, J.",
    ],
)
def test_a_name_is_found_in_every_form_an_answer_has(name: str) -> None:
    finder, pupil_id = Finder(), uuid4()
    finder.take_in([(pupil_id, name, "A823000125001")])
    for text in (str(escape(name)), json.dumps(name, ensure_ascii=False), '"' + name.replace('"', '""') + '"'):
        assert finder.find(f"…<td>{text}</td>".encode()) == {pupil_id}, text
    assert finder.find(b"upn A823000125001,") == {pupil_id}
    assert finder.find(b"upn A8230001250011,") == set()


@pytest.mark.parametrize("enrolled", ["Ada Saltmeadow", "ada saltmeadow", "ADA SALTMEADOW"])
@pytest.mark.parametrize(
    "written", ["ada saltmeadow’s mother", "“Ada Saltmeadow”", "ADA SALTMEADOW", "\\nada saltmeadow"]
)
def test_a_name_typed_in_another_case_is_found(enrolled: str, written: str) -> None:
    finder, pupil_id = Finder(), uuid4()
    finder.take_in([(pupil_id, enrolled, None)])
    assert finder.find(f"…<td>{written}</td>".encode()) == {pupil_id}
    for other in ("Nada Saltmeadow", "Ada Saltmeadows", "Ada Saltmarsh"):
        assert finder.find(other.encode()) == set()


_LETTERS = st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"])
_NAMES = st.text(_LETTERS, min_size=1, max_size=12).filter(lambda name: any(map(str.isalnum, name)))
_AROUND = st.text(_LETTERS, max_size=20)


@given(st.lists(_NAMES, min_size=1, max_size=6), st.data())
def test_whichever_name_on_the_roll_a_text_holds_is_found(names: list[str], data: st.DataObject) -> None:
    finder, pupils = Finder(), [uuid4() for _ in names]
    finder.take_in(zip(pupils, names, ["" for _ in names], strict=True))
    number = data.draw(st.integers(0, len(names) - 1))
    name = data.draw(st.sampled_from([str, str.casefold]))(names[number])
    said = f"{data.draw(_AROUND)} {name} {data.draw(_AROUND)}"
    for text in (said, str(escape(said)), json.dumps(f"\n{name}\t", ensure_ascii=False)):
        assert pupils[number] in finder.find(text.encode()), text
