"""Which pupils a text names: by pseudonym, by name, or by unique pupil number.

What leaves the service is searched, not what a view meant to show: whoever writes a page can forget to say whose record
it gives out, and nothing that is sent can leave unread.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from threading import Lock
from uuid import UUID

from markupsafe import escape
from sqlalchemy import Connection

from projections.catch_up import position
from projections.identified import identified

_PSEUDONYM = re.compile("-(?<=[0-9a-f]{8}-)[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""A pseudonym from its first hyphen on: texts are searched much faster for a sign that is rare in them."""

_BEFORE_HYPHEN = 8
_TO_WORDS = bytes(each if chr(each).isalnum() and each < 128 else 32 for each in range(256))
"""Of a folded text in UTF-8: its plain letters and digits kept, and blanks for all else."""
_ESCAPE = re.compile(r"\\[bfnrt]")
"""How JSON writes a line's end and the like: its letter is no part of the word that follows."""


class Finder:
    """Every pupil ever on a roll, as texts name them; it learns of new ones as the record grows.

    Case makes no difference: names and texts are compared folded.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._upto = 0
        self._pupils: dict[str, UUID] = {}
        self._whose: dict[str, frozenset[UUID]] = {}
        self._by_word: dict[bytes, tuple[str, ...]] = {}
        """Names by a word of theirs in plain letters and digits; one without any is under the empty word."""

    def learn(self, connection: Connection) -> None:
        """Take in whoever was entered since the last time."""
        newest = position(connection)
        if newest <= self._upto:
            return
        with self._lock:
            self.take_in(identified(connection, self._upto))
            self._upto = max(self._upto, newest)

    def take_in(self, pupils: Iterable[tuple[UUID, str | None, str | None]]) -> None:
        """Take in pupils with their names and unique pupil numbers."""
        for pupil_id, *texts in pupils:
            self._pupils[str(pupil_id)] = pupil_id
            for text in filter(None, texts):
                self._learn_name(text, pupil_id)

    def find(self, text: bytes) -> set[UUID]:
        """Whom a text names; of pupils with one name, those whose pseudonym is there too, else all of them."""
        folded = text.decode("utf-8", "replace").casefold()
        there = {folded[each.start() - _BEFORE_HYPHEN : each.end()] for each in _PSEUDONYM.finditer(folded)}
        found = {self._pupils[each] for each in there & self._pupils.keys()}
        forms = {folded, _ESCAPE.sub("  ", folded)} if "\\" in folded else {folded}
        names = {name for form in forms for name in self._names_in(form)}
        for called in [self._whose[name] for name in names]:
            if not called & found:
                found |= called
        return found

    def knows(self, pupil_id: UUID) -> bool:
        """Whether that is a pupil's pseudonym."""
        return str(pupil_id) in self._pupils

    def _names_in(self, text: str) -> Iterator[str]:
        for word in {*_words(text), b""} & self._by_word.keys():
            yield from (name for name in self._by_word[word] if _stands_in(text, name))

    def _learn_name(self, name: str, pupil_id: UUID) -> None:
        """A name as it stands in CSV, in HTML and in JSON; one without letters is known by its pseudonym only.

        It is kept by that of its words which fewest others are kept by, so that few are looked for.
        """
        for spelt in {name, name.replace('"', '""'), str(escape(name)), json.dumps(name, ensure_ascii=False)[1:-1]}:
            text = spelt.casefold()
            known = text in self._whose
            self._whose[text] = self._whose.get(text, frozenset()) | {pupil_id}
            if not known and any(map(str.isalnum, text)):
                rarest = min(_words(text) or [b""], key=lambda word: len(self._by_word.get(word, ())))
                others = self._by_word.get(rarest, ())  # put in whole: another thread may be searching
                self._by_word[rarest] = (*others, text)


def _words(text: str) -> list[bytes]:
    """Runs of plain letters and digits: where a name stands alone, those of the name are among those of the text."""
    return text.encode("utf-8", "replace").translate(_TO_WORDS).split()


def _stands_in(text: str, name: str) -> bool:
    """Whether a name is somewhere in a text other than as the end or the beginning of longer words."""
    start = text.find(name)
    while start >= 0:
        if _stands_alone(text, start, start + len(name)):
            return True
        start = text.find(name, start + 1)
    return False


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a name is not the end or the beginning of longer words."""
    longer_before = text[start].isalnum() and text[max(0, start - 1) : start].isalnum()
    return not longer_before and not (text[end - 1].isalnum() and text[end : end + 1].isalnum())
