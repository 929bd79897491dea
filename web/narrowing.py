"""What a chronology is narrowed to: kinds of thing, who entered it, days and words, all of it in the page's address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from web import words
from web.kinds import KINDS, kind_of
from web.naming import ERASED
from web.reading import DAY_PARTS, Form, typed_day

_LONGEST = 80
ALL = "all"
"""What `?page=` says to have everything on one page."""

_RESULTS = "#results"
_OWN = ("kind", "by", "words", *(f"{end}-{part}" for end in ("from", "until") for part in DAY_PARTS))


@dataclass(frozen=True)
class Chip:
    """One thing the story is narrowed to, and the address that no longer does."""

    text: str
    without: str


@dataclass(frozen=True)
class Ways:
    """Addresses that lead on: what to carry in the form, everything, the other order, and all of it on one page."""

    chips: tuple[Chip, ...]
    kept: tuple[tuple[str, str], ...]
    everything: str
    turned: str
    whole: str


@dataclass(frozen=True)
class Narrowing:
    """What is asked for; `unread` are the dates that are none, as typed, which narrow nothing."""

    kinds: tuple[str, ...] = ()
    by: str = ""
    first: date | None = None
    last: date | None = None
    said: str = ""
    oldest: bool = False
    unread: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.kinds or self.by or self.first or self.last or self.said)

    def lets(self, topics: Sequence[str], by: str, first: date, last: date) -> bool:
        """Whether something of these kinds, by this person, about these days is shown."""
        return self.lets_kind(topics) and self.lets_besides(by, first, last)

    def lets_kind(self, topics: Sequence[str]) -> bool:
        """The same for the kind alone."""
        return not self.kinds or any(kind_of(topic) in self.kinds for topic in topics)

    def lets_besides(self, by: str, first: date, last: date) -> bool:
        """The same for all but the kind."""
        within = (self.first is None or last >= self.first) and (self.last is None or first <= self.last)
        return within and self.by in {"", by}

    @property
    def meant(self) -> tuple[str, ...]:
        """The topics whose title says the words asked for."""
        said = self.said.lower()
        return tuple(topic for topic, title in words.TITLES.items() if said in title.lower()) if said else ()


def asked_for() -> Narrowing:
    """What the address asks for."""
    asked: Form = MultiDict(request.args)
    typed = {end: typed_day(asked, end) for end in ("from", "until")}
    read = {end: _read(text) for end, text in typed.items()}
    return Narrowing(
        tuple(kind for kind in dict.fromkeys(asked.getlist("kind")) if kind in KINDS),
        _id(asked.get("by", "")),
        read["from"],
        read["until"],
        asked.get("words", "").strip()[:_LONGEST],
        asked.get("order") == "oldest",
        tuple(text for end, text in typed.items() if text is not None and read[end] is None),
    )


def _read(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _id(text: str) -> str:
    return text if len(text) == 32 and text.isalnum() else ""


def ways(asked: Narrowing, people: Mapping[str, str]) -> Ways:
    """Where one can go from a narrowed story; `people` gives the names for the ids of those who entered something."""
    kept = tuple((name, value) for name, value in _answers() if name not in _OWN)
    turned = [*_answers(without="order"), ("order", "newest" if asked.oldest else "oldest")]
    return Ways(
        tuple(_chips(asked, people)),
        kept,
        _address(kept) + _RESULTS,
        _address(turned) + _RESULTS,
        _address([*_answers(), ("page", ALL)]),
    )


def _chips(asked: Narrowing, people: Mapping[str, str]) -> Iterator[Chip]:
    for kind in asked.kinds:
        yield Chip(KINDS[kind][0], _without({"kind"}, kind))
    if asked.by:
        yield Chip(f"Entered by {people.get(asked.by, ERASED)}", _without({"by"}))
    for end, day, text in (("from", asked.first, "From"), ("until", asked.last, "Until")):
        if day is not None:
            yield Chip(f"{text} {words.day(day)}", _without({f"{end}-{part}" for part in DAY_PARTS}))
    if asked.said:
        yield Chip(f"Says “{asked.said}”", _without({"words"}))


def _without(names: Collection[str], one: str | None = None) -> str:
    """The address without some answers, or without one of the several that an answer has."""
    left = [(name, value) for name, value in _answers() if not (name in names and one in {None, value})]
    return _address(left) + _RESULTS


def _answers(without: str = "") -> list[tuple[str, str]]:
    """What the address says, but for its page."""
    said = request.args.items(multi=True)
    return [(name, value) for name, value in said if value and name not in {"page", without}]


def _address(answers: Iterable[tuple[str, str]]) -> str:
    return f"{request.path}?{urlencode(list(answers))}"
