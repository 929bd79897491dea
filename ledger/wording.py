"""Entries in plain words, from what is signed alone: no list of words that comes with the evidence is believed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from unicodedata import category
from uuid import UUID

_UNSAID = frozenset({"class_version", "actor_name", "actor_title", "entered_from"})
_SPOKEN = {
    "dsl": "designated safeguarding lead",
    "senco": "SENCO",
    "ap_lead": "alternative provision lead",
    "system": "the service itself",
}
_BASES = {
    "own_office": ", in their own office",
    "delegation": ", under a delegation",
    "statutory": ", under powers given by law",
}
_SHORT = {"ehcp": "EHC plan", "upn": "UPN", "urn": "URN"}
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}Z")
_CODE = re.compile("[a-z0-9]+(?:_[a-z0-9]+)+")
_DIGEST = re.compile("[0-9a-f]{64}")


def title(topic: str) -> str:
    """Say what kind of entry a topic is."""
    return _headed(topic.removeprefix("ledger."))


def role(name: str) -> str:
    """Say a role."""
    return _SPOKEN.get(name, _spaced(name))


def basis(name: str) -> str:
    """Say on what authority somebody acted, to follow their name; nothing where it is none of a person's."""
    return _BASES.get(name, "")


def instant(value: datetime) -> str:
    """Say an instant by the clock of UTC, whatever offset it comes with."""
    value = value.astimezone(UTC)
    return f"{value.day} {value:%B %Y at %H:%M} UTC"


def printable(text: str) -> str:
    """Show as escapes what has no shape of its own, such as what turns the writing round; line breaks stay."""
    return "".join(each if each == "\n" or category(each)[0] != "C" else repr(each)[1:-1] for each in text)


def said(fields: Mapping[str, Any], names: Mapping[UUID, str]) -> Iterator[tuple[str, str]]:
    """Yield what fields say, label and text; what is empty, or only a reference to nobody named here, is left out."""
    for name, value in fields.items():
        text = "" if name in _UNSAID else _text(value, names)
        if text:
            yield _headed(name.removesuffix("_id")), text


def _text(value: Any, names: Mapping[UUID, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return _joined(f"{label[:1].lower()}{label[1:]}: {text}" for label, text in said(value, names))
    if isinstance(value, list):
        return _joined(_text(part, names) for part in value)
    return _plain(str(value), names)


def _plain(text: str, names: Mapping[UUID, str]) -> str:
    if _UUID.fullmatch(text):
        return names.get(UUID(text), "")
    if _DIGEST.fullmatch(text):
        return ""
    try:
        if _INSTANT.fullmatch(text):
            return instant(datetime.fromisoformat(text))
        if _DAY.fullmatch(text):
            day = datetime.fromisoformat(text)
            return f"{day.day} {day:%B %Y}"
    except ValueError:  # it only looks like a day
        return text
    return role(text) if _CODE.fullmatch(text) or text in _SPOKEN else text


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(filter(None, parts))


def _headed(name: str) -> str:
    said = _spaced(name)
    return said[:1].upper() + said[1:]


def _spaced(name: str) -> str:
    return " ".join(_SHORT.get(word, word) for word in re.split("[._-]", name))
