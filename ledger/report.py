"""The report of an evidence file: one page that opens offline, is read and printed, and runs nothing.

The same entries give the same bytes. So a report that came with a file can be compared with the one its checked entries
give, and whoever checks a file can have the report made anew instead of trusting the one that came with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any
from uuid import UUID

from ledger import body as bodies
from ledger import completeness, disclosure, named_files, wording
from ledger import entry as entries
from ledger.body import Body
from ledger.bundle import Item
from ledger.errors import VerificationError
from ledger.scope import EntryScope, PeriodScope, PlacementScope, PupilScope, Scope

VERSION = 1
"""Of the form of the report: another one gives other bytes for the same entries."""
MOST_TOLD = 5000
"""Entries that one report tells, so that it stays readable and in memory; what is more is only counted."""

UNALTERED = "These entries are unaltered since they were entered. That does not show that they are true."
_STYLE = """
body{font:1rem/1.5 system-ui,sans-serif;color:#0b0c0c;background:#fff;max-width:48rem;margin:0 auto;padding:1rem}
h1{font-size:1.75rem;line-height:1.2}h2{font-size:1.3rem;border-top:2px solid #0b4144;padding-top:.5rem}
h3{font-size:1rem}
a{color:#0b4a6f}dl{margin:0}dt{font-weight:bold}dd{margin:0 0 .4rem;overflow-wrap:anywhere;white-space:pre-wrap}
ol{list-style:none;padding:0}li{border-top:1px solid #b1b4b6;padding:.5rem 0;break-inside:avoid}
h3,p,a{overflow-wrap:anywhere}.note{border-left:4px solid #0b4144;padding-left:1rem}code{overflow-wrap:anywhere}
@media print{body{max-width:none;padding:0;font-size:10pt}a{color:inherit}}
"""


@dataclass(frozen=True)
class _Told:
    """One entry as the report needs it."""

    index: int
    body: Body
    disclosed: dict[str, dict[str, Any]]
    files: tuple[tuple[str, str], ...]


class Report:
    """The report of entries that are handed in by rising index."""

    def __init__(self, origin: str, scope: Scope) -> None:
        self._origin, self._scope = origin, scope
        self._told: list[_Told] = []
        self._names: dict[UUID, str] = {}
        self._corrected: dict[tuple[UUID, int], int] = {}
        self._count = self._withheld = 0
        self._recorded: tuple[datetime, datetime] | None = None
        self._export: _Told | None = None

    def add(self, item: Item) -> None:
        """Take in the next entry.

        Raises:
            VerificationError: where it cannot be read.
        """
        body = bodies.decode(entries.parse(item.entry).body)
        opened = [disclosure.parse(line) for line in item.disclosures]
        named = [file for each in opened for file in named_files.named(each)]
        files = tuple(
            (file.name, f"files/{item.index:09}/{held.file_id}{held.ending}")
            for file, held in zip(named, item.files, strict=False)  # that they are the ones named is checked elsewhere
        )
        told = _Told(item.index, body, {each.group: dict(each.fields) for each in opened}, files)
        self._count += 1
        self._withheld += len(body.sealed.groups if body.sealed else ()) - len(opened)
        earliest, latest = self._recorded or (body.recorded_at, body.recorded_at)
        self._recorded = min(earliest, body.recorded_at), max(latest, body.recorded_at)
        self._learn(told)
        if body.topic == completeness.TOPIC:
            self._export = told
        if len(self._told) < MOST_TOLD:
            self._told.append(told)

    def html(self, checked: Sequence[str] = ()) -> bytes:
        """Return the page; `checked` are the outcomes of a check that came before, which the page then begins with.

        Raises:
            VerificationError: where an entry cannot be told in words.
        """
        try:
            return "\n".join(self._page(checked)).encode()
        except RecursionError as error:
            raise VerificationError("An entry is nested too deeply to be told.", step="report") from error

    def _learn(self, told: _Told) -> None:
        body = told.body
        for fields in (body.facts, *told.disclosed.values()):
            name = fields.get("name")
            if isinstance(name, str) and body.version == 1:
                self._names[body.stream] = name
        if type(corrects := body.facts.get("corrects")) is int:
            self._corrected[body.stream, corrects] = told.index

    def _page(self, checked: Sequence[str]) -> Iterator[str]:
        title = self._title()
        yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
        yield f"<title>{_shown(title)}</title>"
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        yield f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{_shown(title)}</h1>"
        yield from _checked(checked)
        yield "<dl>"
        for label, text in self._about():
            yield _pair(label, text)
        yield "</dl>\n<h2>What was entered, in order</h2>\n<ol>"
        for told in self._told:
            yield from self._entry(told)
        yield "</ol>"
        if self._count > len(self._told):
            yield f"<p>{self._count - len(self._told)} more entries are in the file and not told here.</p>"
        yield from _how_to_check()
        yield "</main>\n</body>\n</html>\n"

    def _title(self) -> str:
        match self._scope:
            case PlacementScope(about):
                whose = next((one.body.subject for one in self._told if one.body.stream == about), None)
                return f"Evidence: a placement of {self._named(whose, 'a pupil')}"
            case PupilScope(about):
                return f"Evidence: the record of {self._named(about, 'a pupil')}"
            case PeriodScope():
                return "Evidence: what was entered in a period"
            case EntryScope(index):
                return f"Evidence: entry {index}"
        return "Evidence: the whole record"

    def _named(self, about: UUID | None, unnamed: str) -> str:
        return unnamed if about is None else self._names.get(about, f"{unnamed} not named here")

    def _about(self) -> Iterator[tuple[str, str]]:
        yield "Record of", self._origin
        if isinstance(self._scope, PeriodScope):
            starts, ends = self._scope.starts_at, self._scope.ends_at
            yield "Entered", f"from {wording.instant(starts)} up to {wording.instant(ends)}"
            if self._scope.school is not None:
                yield "By the people of", self._named(self._scope.school, "one school")
        if self._recorded:
            first, last = map(wording.instant, self._recorded)
            yield "Entries", f"{self._count}, entered between {first} and {last}"
        if self._export is not None:
            yield from self._exported(self._export)
        hidden = f"{self._withheld} parts of entries are not disclosed in this file."
        yield "Not disclosed", hidden if self._withheld else "Nothing: every part of these entries is here."

    def _exported(self, export: _Told) -> Iterator[tuple[str, str]]:
        asked = export.disclosed.get("export", {})
        by = _by(export.body, export.disclosed)
        yield "Exported", f"{wording.instant(export.body.recorded_at)}, by {by}"
        for label, field in (("For", "made_for"), ("Why", "purpose")):
            if asked.get(field):
                yield label, str(asked[field])
        count, size = export.body.facts.get("count"), export.body.facts.get("size")
        yield "Stated then", f"The record held {count} entries of what was asked for, among {size} in all."

    def _entry(self, told: _Told) -> Iterator[str]:
        body = told.body
        corrected = self._corrected.get((body.stream, body.version))
        heading = f"Entry {told.index}: {_shown(wording.title(body.topic))}"
        yield f'<li id="entry-{told.index}"><h3>{heading if corrected is None else f"<del>{heading}</del>"}</h3>'
        by = _shown(_by(body, told.disclosed))
        yield f"<p>Entered {wording.instant(body.recorded_at)}, by {by}.</p>"
        if corrected is not None:
            yield f'<p>Corrected by <a href="#entry-{corrected}">entry {corrected}</a>.</p>'
        pairs = [pair for fields in (body.facts, *told.disclosed.values()) for pair in self._said(fields)]
        if pairs:
            yield f"<dl>{''.join(_pair(label, text, struck=corrected is not None) for label, text in pairs)}</dl>"
        for name, place in told.files:
            yield f'<p>File: <a href="{_shown(place)}">{_shown(name)}</a></p>'
        closed = [group for group in (body.sealed.groups if body.sealed else ()) if group not in told.disclosed]
        if closed:
            yield f"<p>Not disclosed: {_shown(', '.join(closed))}.</p>"
        yield "</li>"

    def _said(self, fields: Any) -> Iterator[tuple[str, str]]:
        return wording.said({name: value for name, value in fields.items() if name != named_files.GROUP}, self._names)


def _shown(text: str) -> str:
    """Put text into a page as text: no markup, and nothing unseen that turns the writing or ends it."""
    return escape(wording.printable(text))


def _by(body: Body, disclosed: dict[str, dict[str, Any]]) -> str:
    """Who acted, in the words of the entry; the name only where it is disclosed."""
    said = {name: value for fields in disclosed.values() for name, value in fields.items()}
    name, title = said.get("actor_name"), said.get("actor_title")
    role, basis = wording.role(str(body.actor["role"])), wording.basis(str(body.actor["basis"]["kind"]))
    if not isinstance(name, str):
        return f"somebody not named here ({role}){basis}" if body.actor["id"] is not None else role
    return f"{name}, {title}{basis}" if str(title).casefold() == role.casefold() else f"{name}, {title} ({role}){basis}"


def _pair(label: str, text: str, *, struck: bool = False) -> str:
    shown = f"<del>{_shown(text)}</del>" if struck else _shown(text)
    return f"<dt>{_shown(label)}</dt><dd>{shown}</dd>"


def _checked(outcomes: Sequence[str]) -> Iterator[str]:
    yield f'<p class="note"><strong>{UNALTERED if outcomes else "Not checked by this page."}</strong>'
    if not outcomes:
        yield "Whoever sent you the file wrote this page. It shows what the file says; it cannot show that the file is"
        yield 'genuine. <a href="#check">How to check it</a></p>'
        return
    yield "This page was made by the check itself, out of what it had checked:</p>\n<ol>"
    for number, outcome in enumerate(outcomes, 1):
        yield f"<li>{number}. {_shown(outcome)}</li>"
    yield "</ol>"


def _how_to_check() -> Iterator[str]:
    yield '<h2 id="check">How to check this file</h2>'
    yield "<p>Checked, a file shows that its entries are unaltered since they were entered; this does not show that"
    yield "what they say is true. You need Python 3.11 or newer with the package cryptography, the checking program,"
    yield "and a text file with the key of this record, got from somebody other than who sent you the file. Then:</p>"
    yield "<p><code>python3 verify.pyz verify FILE.zip --policy policy.txt --report report.html</code></p>"
    yield "<p>FILE.zip is the file as you received it, not unpacked. The program verify.pyz lies beside this page."
    yield "It came with the file: a forger could have sent another. If that matters, get it from elsewhere.</p>"
