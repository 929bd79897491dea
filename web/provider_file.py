"""What is on record of one provider, sorted as an inspector asks for it: checks, readings, risks and documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from domain.events import (
    ProviderRegistrationLapsed,
    ProviderRegistrationVerified,
    ProviderSafeguardingPolicyVerified,
    SettingRiskAssessed,
)
from domain.vocabulary import Regime, RegisterStatus, RiskOutcome
from projections.chronology import Entry
from web import words

_CHECKED, _LAPSED = ProviderRegistrationVerified.TOPIC, ProviderRegistrationLapsed.TOPIC
_READ, _ASSESSED = ProviderSafeguardingPolicyVerified.TOPIC, SettingRiskAssessed.TOPIC
ERASED = "Erased"


def checks(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Every look into a register and every end that became known, in order; a changed number is pointed out."""
    found, number = [], None
    for entry in entries:
        if entry.topic == _CHECKED:
            said = entry.facts
            found.append(
                {
                    **_entered(entry),
                    "on": entry.happened_on,
                    "what": f"{words.say(RegisterStatus(said['status']))}: {words.say(Regime(said['regime']))}",
                    "number": said["identifier"],
                    "source": said["source"],
                    "changed_from": number if number not in {None, said["identifier"]} else None,
                }
            )
            number = said["identifier"]
        elif entry.topic == _LAPSED:
            how = _said(entry, "how_known")
            ended = {"on": entry.happened_on, "what": "Registration ended", "number": number, "source": how}
            found.append({**_entered(entry), **ended, "changed_from": None})
    return found


def readings(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Every reading of its safeguarding policy, newest first."""
    return [
        {
            **_entered(entry),
            "read_on": entry.happened_on,
            "found": "Satisfactory" if entry.facts["satisfactory"] else "Not satisfactory",
            "policy_dated": _day(entry, "policy_dated"),
            "lead": _said(entry, "provider_lead"),
        }
        for entry in reversed(entries)
        if entry.topic == _READ
    ]


def risks(entries: Sequence[Entry], sites: Mapping[UUID, str], as_at: date) -> list[dict[str, Any]]:
    """Every risk assessment of its addresses, newest first; `expired` where it is the newest there and has run out."""
    found: list[dict[str, Any]] = []
    seen: set[UUID] = set()
    for entry in reversed(entries):
        if entry.topic == _ASSESSED:
            site_id, until = UUID(entry.facts["site_id"]), _day(entry, "valid_to")
            newest = site_id not in seen
            seen.add(site_id)
            found.append(
                {
                    **_entered(entry),
                    "site": sites.get(site_id),
                    "assessed_on": entry.happened_on,
                    "outcome": words.say(RiskOutcome(entry.facts["outcome"])),
                    "valid_to": until,
                    "assessor": _said(entry, "assessor"),
                    "replaced": not newest,
                    "expired": newest and until is not None and until < as_at,
                }
            )
    return found


def documents(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Every document attached to what is recorded of it, newest first."""
    return [
        {**_entered(entry), "file_id": UUID(file["file_id"]), "name": file["name"], "to": words.title(entry.topic)}
        for entry in reversed(entries)
        for file in (entry.facts.get("evidence") if isinstance(entry.facts.get("evidence"), list) else ())
    ]


def _entered(entry: Entry) -> dict[str, Any]:
    by = ", ".join(part for part in (entry.actor_name, entry.actor_title) if part) or ERASED
    return {"by": by, "entry": entry.position - 1, "entered_from": entry.entered_from}


def _said(entry: Entry, name: str) -> str:
    said = entry.facts.get(name)
    return said if isinstance(said, str) else ERASED


def _day(entry: Entry, name: str) -> date | None:
    said = entry.facts.get(name)
    return date.fromisoformat(said) if isinstance(said, str) else None
