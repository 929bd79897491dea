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
from projections.readings import only_readings

_PSEUDONYM = re.compile(rb"-(?<=[0-9a-f]{8}-)[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""A pseudonym from its first hyphen on: texts are searched much faster for a sign that is rare in them."""

_BEFORE_HYPHEN = 8
_ASCII = bytes(range(128))
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_TO_WORDS = bytes(each if chr(each).isalnum() and each < 128 else 32 for each in range(256))
"""Of a folded text in UTF-8: its plain letters and digits kept, and blanks for all else."""

_ESCAPE = re.compile(rb"\\[bfnrt]")
"""How JSON writes a line's end and the like: its letter is no part of the word that follows."""

_LONGEST_LETTER = 4


class Finder:
    """Every pupil ever on a roll, as texts name them; it learns of new ones as the record grows.

    Case makes no difference: names and texts are compared folded, as UTF-8, in which no letter is part of another.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._upto = 0
        self._pupils: dict[bytes, UUID] = {}
        self._whose: dict[bytes, frozenset[UUID]] = {}
        self._by_word: dict[bytes, tuple[bytes, ...]] = {}
        """Names by a word of theirs in plain letters and digits; one without any is under the empty word."""

    def learn(self, connection: Connection) -> None:
        """Take in whoever was entered since the last time."""
        newest = position(connection)
        if newest <= self._upto:
            return
        with self._lock:
            if not only_readings(connection, self._upto, newest):
                self.take_in(identified(connection, self._upto))
            self._upto = max(self._upto, newest)

    def take_in(self, pupils: Iterable[tuple[UUID, str | None, str | None]]) -> None:
        """Take in pupils with their names and unique pupil numbers."""
        for pupil_id, *texts in pupils:
            self._pupils[str(pupil_id).encode()] = pupil_id
            for text in filter(None, texts):
                self._learn_name(text, pupil_id)

    def find(self, text: bytes) -> set[UUID]:
        """Whom a text names; of pupils with one name, those whose pseudonym is there too, else all of them."""
        folded = _folded(text)
        there = {folded[each.start() - _BEFORE_HYPHEN : each.end()] for each in _PSEUDONYM.finditer(folded)}
        found = {self._pupils[each] for each in there & self._pupils.keys()}
        forms = {folded, _ESCAPE.sub(b"  ", folded)} if b"\\" in folded else {folded}
        names = {name for form in forms for name in self._names_in(form)}
        for called in [self._whose[name] for name in names]:
            if not called & found:
                found |= called
        return found

    def knows(self, pupil_id: UUID) -> bool:
        """Whether that is a pupil's pseudonym."""
        return str(pupil_id).encode() in self._pupils

    def _names_in(self, text: bytes) -> Iterator[bytes]:
        pieces = b'"'.join({*text.split(b'"')})  # what stands in quotes comes again and again
        there = {*_words(pieces), b""}
        for word in there & self._by_word.keys():
            for name in self._by_word[word]:
                if there.issuperset(_words(name)) and _stands_in(text if b'"' in name else pieces, name):
                    yield name

    def _learn_name(self, name: str, pupil_id: UUID) -> None:
        """A name as it stands in CSV, in HTML and in JSON; one without letters is known by its pseudonym only.

        It is kept by that of its words which fewest others are kept by, so that few are looked for.
        """
        for spelt in {name, name.replace('"', '""'), str(escape(name)), json.dumps(name, ensure_ascii=False)[1:-1]}:
            text = spelt.casefold().encode("utf-8", "replace")
            known = text in self._whose
            self._whose[text] = self._whose.get(text, frozenset()) | {pupil_id}
            if not known and any(map(str.isalnum, spelt)):
                rarest = min(_words(text) or [b""], key=lambda word: len(self._by_word.get(word, ())))
                others = self._by_word.get(rarest, ())  # put in whole: another thread may be searching
                self._by_word[rarest] = (*others, text)


def _folded(text: bytes) -> bytes:
    """A text with case folded; letters beyond ASCII are rare in ours, and the signs beyond it have no case."""
    lowered = text.lower()
    beyond = lowered.translate(None, delete=_ASCII)
    return lowered if _fold(beyond) == beyond else _BEYOND_ASCII.sub(lambda run: _fold(run[0]), lowered)


def _fold(run: bytes) -> bytes:
    return run.decode("utf-8", "replace").casefold().encode()


def _words(text: bytes) -> list[bytes]:
    """Runs of plain letters and digits: where a name stands alone, those of the name are among those of the text."""
    return text.translate(_TO_WORDS).split()


def _stands_in(text: bytes, name: bytes) -> bool:
    """Whether a name is somewhere in a text other than as the end or the beginning of longer words."""
    start = text.find(name)
    while start >= 0:
        if _stands_alone(text, start, start + len(name)):
            return True
        start = text.find(name, start + 1)
    return False


def _stands_alone(text: bytes, start: int, end: int) -> bool:
    """Whether a name is not the end or the beginning of longer words."""
    name = text[start:end].decode("utf-8", "replace")
    before = text[max(0, start - _LONGEST_LETTER) : start].decode("utf-8", "ignore")[-1:]
    after = text[end : end + _LONGEST_LETTER].decode("utf-8", "ignore")[:1]
    return not (name[0].isalnum() and before.isalnum()) and not (name[-1].isalnum() and after.isalnum())
