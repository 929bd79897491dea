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

_PSEUDONYM = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_WORD = re.compile(r"[^\W_]+")
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
        self._by_word: dict[str, tuple[tuple[str, int], ...]] = {}
        """By one word of a name: the name, and where in it that word begins."""

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
        found = {self._pupils[each] for each in set(_PSEUDONYM.findall(folded)) if each in self._pupils}
        names = {name for form in {folded, _ESCAPE.sub("  ", folded)} for name in self._names_in(form)}
        for called in [self._whose[name] for name in names]:
            if not called & found:
                found |= called
        return found

    def knows(self, pupil_id: UUID) -> bool:
        """Whether that is a pupil's pseudonym."""
        return str(pupil_id) in self._pupils

    def _names_in(self, text: str) -> Iterator[str]:
        for word in _WORD.finditer(text):
            for name, offset in self._by_word.get(word[0], ()):
                start = word.start() - offset
                if start >= 0 and text.startswith(name, start) and _stands_alone(text, start, start + len(name)):
                    yield name

    def _learn_name(self, name: str, pupil_id: UUID) -> None:
        """A name as it stands in CSV, in HTML and in JSON; one without letters is known by its pseudonym only.

        It is kept by that of its words which fewest others are kept by, so that few are compared at each word.
        """
        for spelt in {name, name.replace('"', '""'), str(escape(name)), json.dumps(name, ensure_ascii=False)[1:-1]}:
            text = spelt.casefold()
            known = text in self._whose
            self._whose[text] = self._whose.get(text, frozenset()) | {pupil_id}
            words = [] if known else list(_WORD.finditer(text))
            if words:
                rarest = min(words, key=lambda word: len(self._by_word.get(word[0], ())))
                others = self._by_word.get(rarest[0], ())  # put in whole: another thread may be searching
                self._by_word[rarest[0]] = (*others, (text, rarest.start()))


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a name is not the end or the beginning of longer words."""
    longer_before = text[start].isalnum() and text[max(0, start - 1) : start].isalnum()
    return not longer_before and not (text[end - 1].isalnum() and text[end : end + 1].isalnum())
