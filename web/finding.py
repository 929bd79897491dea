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
from projections.pupils import identified

_PSEUDONYM = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_WORD = re.compile(rb"[A-Z\xc3-\xf4][0-9A-Za-z\x80-\xff]*")
_GOES_ON = re.compile(rb"[0-9A-Za-z\x80-\xff]")


class Finder:
    """Every pupil ever on a roll, as texts name them; it learns of new ones as the record grows."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._upto = 0
        self._pupils: dict[bytes, UUID] = {}
        self._named: dict[bytes, dict[tuple[bytes, int], set[UUID]]] = {}
        """By the first capitalised word of a name: the name, where in it that word stands, and whose it is."""

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
            self._pupils[str(pupil_id).encode()] = pupil_id
            for text in filter(None, texts):
                self._learn_name(text, pupil_id)

    def find(self, text: bytes) -> set[UUID]:
        """Whom a text names; of pupils with one name, those whose pseudonym is there too, else all of them."""
        found = {self._pupils[each] for each in set(_PSEUDONYM.findall(text)) if each in self._pupils}
        for called in list(self._called(text)):
            if not called & found:
                found |= called
        return found

    def knows(self, pupil_id: UUID) -> bool:
        """Whether that is a pupil's pseudonym."""
        return str(pupil_id).encode() in self._pupils

    def _called(self, text: bytes) -> Iterator[set[UUID]]:
        for word in _WORD.finditer(text):
            for (name, offset), pupils in self._named.get(word[0], {}).items():
                start = word.start() - offset
                if text.startswith(name, max(0, start)) and not _GOES_ON.match(text, start + len(name)):
                    yield pupils

    def _learn_name(self, name: str, pupil_id: UUID) -> None:
        """A name as it stands in CSV, in HTML and in JSON; one without a capital is known by its pseudonym only."""
        for spelt in {name, name.replace('"', '""'), str(escape(name)), json.dumps(name, ensure_ascii=False)[1:-1]}:
            text = spelt.encode()
            word = _WORD.search(text)
            if word is not None:
                names = dict(self._named.get(word[0], {}))
                names[text, word.start()] = names.get((text, word.start()), set()) | {pupil_id}
                self._named[word[0]] = names  # put in whole: another thread may be searching
