"""What a row of a file of placements on paper is about, and what entering it would do; nothing is recorded here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from domain.errors import Impossible
from domain.placement import Placement as Decided
from domain.pupil import Pupil as Enrolled
from domain.rules.impossible import refuse_impossible
from domain.transcription import Transcription
from domain.values import Submission
from domain.vocabulary import Accredited, Delivery, RollKind, SiteKind
from projections import identified, providers, pupils
from projections.catch_up import position
from projections.placements import Placement
from web import words
from web.errors import Unprocessable
from web.existing import first_day, known_placement
from web.paper_columns import BY_ANSWER
from web.paper_file import Row
from web.reading import load, read_form
from web.register_file import Problem
from web.schemas.existing import AddExistingPlacement

_COMPARED = {
    "proposed_end": "planned last day",
    "ended_on": "last day",
    "legal_gateway": "arranged under",
    "arranged_by": "arranged by",
    "site_id": "place",
}


@dataclass(frozen=True)
class Plan:
    """A good row: whose placement it is, what has to be recorded first, and whether it is here already.

    `values` are the command's; of what is not on record yet the ids are new ones. `enrol`, `provider` and `place` are
    what to record first, None where it is on record. `differs` names what the file says otherwise of one on record.
    """

    line: int
    pupil: str
    provider_name: str
    values: Mapping[str, Any]
    enrol: Mapping[str, Any] | None = None
    provider: Mapping[str, Any] | None = None
    place: Mapping[str, Any] | None = None
    known: Placement | None = None
    differs: tuple[str, ...] = field(default_factory=tuple)

    @property
    def fresh(self) -> bool:
        """Whether it is to be entered."""
        return self.known is None


class _Refused(Exception):
    """A row cannot be entered as it stands."""

    def __init__(self, answer: str, reason: str) -> None:
        """Name the answer as the form does."""
        super().__init__(reason)
        self.column = BY_ANSWER[answer].name if answer in BY_ANSWER else "row"


class Lookup:
    """Finds what rows are about, as of one snapshot of the read models, for one school."""

    def __init__(self, connection: Connection, school_id: UUID, submission: Submission) -> None:
        """Look in a snapshot, for what an officer would submit now."""
        self._connection, self._school_id, self._submission = connection, school_id, submission
        self._known_at, self._today = position(connection), submission.today

    def plan(self, row: Row) -> Plan | tuple[Problem, ...]:
        """What entering the row would do, or why it cannot be entered."""
        try:
            pupil_id, name, born_on, enrol = self._pupil(row.answers)
            provider_id, site_id, provider, place = self._place(row.answers)
            values = self._values(row.answers, pupil_id, provider_id, site_id)
            self._rehearse(values, born_on)
        except _Refused as refused:
            return (Problem(row.line, refused.column, str(refused)),)
        except Unprocessable as wrong:
            return tuple(_problem(row, answer, said) for answer, said in wrong.problems.items())
        except Impossible as impossible:
            return (_problem(row, impossible.field.replace(".", "-"), impossible.sentence),)
        known = known_placement(self._connection, values, self._today, self._known_at)
        differs = () if known is None else tuple(_differences(values, known))
        shown = row.answers["provider.name"]
        return Plan(row.line, name, shown, values, enrol, provider, place, known, differs)

    def _pupil(self, said: Mapping[str, str]) -> tuple[UUID, str, date | None, Mapping[str, Any] | None]:
        found = self._known_pupil(said)
        if found is not None:
            _refuse_another(said, found)
            return found.pupil_id, found.name or "name erased", found.born_on, None
        lacking = [answer for answer in ("name", "born_on", "starts_on") if not said.get(f"pupil.{answer}")]
        if lacking:
            columns = ", ".join(BY_ANSWER[f"pupil.{answer}"].name for answer in lacking)
            reference = said["pupil.local_ref"]
            raise _Refused(
                "pupil.local_ref",
                f"No pupil has the reference {reference!r}. To put the pupil on roll, fill in: {columns}.",
            )
        enrol = {
            "school_id": self._school_id,
            "starts_on": date.fromisoformat(said["pupil.starts_on"]),
            "roll_kind": RollKind.SOLE,
            "name": said["pupil.name"],
            "born_on": date.fromisoformat(said["pupil.born_on"]),
            "upn": said.get("pupil.upn"),
            "local_ref": said["pupil.local_ref"],
        }
        try:
            Enrolled(uuid4()).enrol(self._submission, **enrol)
        except Impossible as impossible:
            raise _Refused(f"pupil.{impossible.field}", impossible.sentence) from None
        return uuid4(), said["pupil.name"], date.fromisoformat(said["pupil.born_on"]), enrol

    def _known_pupil(self, said: Mapping[str, str]) -> pupils.Pupil | None:
        reference, upn = said["pupil.local_ref"], said.get("pupil.upn")
        by_reference = pupils.pupil_by_local_ref(
            self._connection, reference, self._today, self._known_at, school_id=self._school_id
        )
        same = identified.with_local_ref(
            self._connection, reference, self._today, self._known_at, school_id=self._school_id
        )
        if len({one.pupil_id for one in same}) > 1:
            raise _Refused(
                "pupil.local_ref",
                f"More than one pupil on roll here has the reference {reference!r}. Add this one with the form.",
            )
        by_upn = pupils.pupil_by_upn(self._connection, upn, self._today, self._known_at) if upn else None
        if by_upn is not None and by_upn.school_id != self._school_id:
            raise _Refused(
                "pupil.upn", "A pupil with this number is on another school's roll. Put them on roll here first."
            )
        if by_upn is not None and (by_reference is None or by_upn.pupil_id != by_reference.pupil_id):
            raise _Refused(
                "pupil.upn",
                f"This number is on record for the pupil with the reference {by_upn.local_ref}. Check both.",
            )
        return by_reference

    @cached_property
    def _providers(self) -> Mapping[str, Sequence[providers.Provider]]:
        named: dict[str, list[providers.Provider]] = {}
        for one in providers.providers(self._connection, self._known_at):
            named.setdefault(_plain(one.name), []).append(one)
        return named

    def _provider(self, name: str) -> providers.Provider | None:
        found = self._providers.get(_plain(name), ())
        if len(found) > 1:
            raise _Refused("provider.name", f"Two providers are recorded as {name!r}. Add this one with the form.")
        return found[0] if found else None

    def _place(self, said: Mapping[str, str]) -> tuple[UUID, UUID, Mapping[str, Any] | None, Mapping[str, Any] | None]:
        name, place = said["provider.name"], said.get("place.name")
        provider = self._provider(name)
        sites = (
            ()
            if provider is None
            else providers.sites(self._connection, self._known_at, provider_id=provider.provider_id)
        )
        found = [one for one in sites if place is None or _plain(one.name or "") == _plain(place)]
        if provider is not None and len(found) == 1:
            return provider.provider_id, found[0].site_id, None, None
        address, telephone, kind = (said.get(f"place.{answer}") for answer in ("address", "telephone", "kind"))
        if not (place and address and telephone and kind):
            known = "; ".join(sorted(one.name for one in sites if one.name))
            raise _Refused(
                "provider.name" if provider is None else "place.name",
                (
                    f"No provider is recorded as {name!r}."
                    if provider is None
                    else f"Its places here are: {known or 'none'}."
                )
                + " Write it as recorded, or fill in place, place address, place kind and place telephone.",
            )
        site = {"kind": SiteKind(kind), "name": place, "address": address, "telephone": telephone}
        if provider is None:
            return uuid4(), uuid4(), {"name": name, "school_id": None}, site
        return provider.provider_id, uuid4(), None, site

    def _values(self, said: Mapping[str, str], pupil_id: UUID, provider_id: UUID, site_id: UUID) -> dict[str, Any]:
        provider = self._provider(said["provider.name"])
        own = provider is not None and provider.school_id == self._school_id
        schema = AddExistingPlacement()
        form = {answer: text for answer, text in said.items() if "." not in answer}
        form["accredited"] = Accredited.NOT_KNOWN.value
        form["school_id"], form["pupil_id"] = str(self._school_id), str(pupil_id)
        form["provider_id"], form["site_id"] = str(provider_id), str(site_id)
        form["delivery"] = (Delivery.IN_HOUSE if own else Delivery.OUTSIDE).value
        return load(schema, read_form(schema, MultiDict(form)))

    def _rehearse(self, values: Mapping[str, Any], born_on: date | None) -> None:
        """Let the domain say what cannot be, on records that are thrown away."""
        refuse_impossible({"born_on": born_on, "started_on": values["started_on"]}, self._today)
        said = {name: value for name, value in values.items() if name != "evidence"}
        Transcription(Decided(uuid4()), Enrolled(values["pupil_id"]), self._submission).add(**said)


def _refuse_another(said: Mapping[str, str], found: pupils.Pupil) -> None:
    """Refuse to add to one pupil's record what may be another's."""
    name, born = said.get("pupil.name"), said.get("pupil.born_on")
    if name and found.name and _plain(name) != _plain(found.name):
        raise _Refused("pupil.name", f"The pupil with this reference is {found.name} on record. Check the reference.")
    if born and found.born_on and born != found.born_on.isoformat():
        raise _Refused(
            "pupil.born_on",
            f"The pupil with this reference was born on {words.day(found.born_on)} on record. Check it.",
        )


def _problem(row: Row, answer: str, said: str) -> Problem:
    """What is wrong with one answer, at its column; which answers there are, where one of a list was left empty."""
    column = BY_ANSWER.get(answer)
    if column is not None and column.offered and answer not in row.answers:
        said = f"Nothing is written here, and nothing is taken for it. Write one of: {'; '.join(column.offered)}."
    return Problem(row.line, column.name if column else "row", said)


def _differences(values: Mapping[str, Any], known: Placement) -> Iterator[str]:
    """What the file says otherwise than the record; what the file leaves empty differs from nothing."""
    if first_day(known) != values["started_on"]:
        yield "first day"
    for name, column in _COMPARED.items():
        if values[name] is not None and values[name] != getattr(known, name):
            yield column


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
