"""Whom an answer names is found in its bytes, in whichever form it leaves."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from markupsafe import escape

from web.finding import Finder


def test_two_pupils_of_one_name_are_told_apart_where_the_page_can_and_both_recorded_where_not() -> None:
    finder, one, other = Finder(), uuid4(), uuid4()
    for pupil_id in (one, other):
        finder.take_in([(pupil_id, "Ada O'Neill", None)])
    assert finder.find(f"Ada O&#39;Neill {one}".encode()) == {one}
    assert finder.find(b"<b>Ada O&#39;Neill</b>") == {one, other}
    assert finder.find(b"Ada O'Neillson") == set()


@pytest.mark.parametrize("name", ["Ada Saltmeadow", "de Souza, Ana", "Élodie Ünal", 'Bo "B" Lee', "O'Neill-Smith, J."])
def test_a_name_is_found_in_every_form_an_answer_has(name: str) -> None:
    finder, pupil_id = Finder(), uuid4()
    finder.take_in([(pupil_id, name, "A823000125001")])
    for text in (str(escape(name)), json.dumps(name, ensure_ascii=False), '"' + name.replace('"', '""') + '"'):
        assert finder.find(f"…<td>{text}</td>".encode()) == {pupil_id}, text
    assert finder.find(b"upn A823000125001,") == {pupil_id}
    assert finder.find(b"upn A8230001250011,") == set()
