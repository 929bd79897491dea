"""Events to entry bodies and back: clear facts framed, personal fields committed to and sealed for their subject."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Protocol
from uuid import UUID

import msgspec
from eventsourcing.persistence import Mapper, Notification, StoredEvent

from ledger import disclosure
from ledger.errors import LedgerError, VerificationError
from ledger.named_files import GROUP
from ledger.spelling import holds, instant, spelt
from ledger.subjects import SubjectErased, SubjectKeys

_ENVELOPE = ("originator_id", "originator_version", "recorded_at", "actor", "subject", "relied_on")
_ERASED = {"erased": True}
_encode = msgspec.json.Encoder().encode
_decode_line = msgspec.json.Decoder(tuple[str, str, dict[str, Any]]).decode


class Event(Protocol):
    """What an event class must offer to be recorded; a msgspec Struct with these and its own facts."""

    TOPIC: ClassVar[str]
    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]]
    OPENS_SUBJECT: ClassVar[bool]

    @property
    def originator_id(self) -> UUID:
        """The stream."""

    @property
    def originator_version(self) -> int:
        """The place in the stream, from 1."""

    @property
    def recorded_at(self) -> datetime:
        """When the server recorded it, in UTC."""

    @property
    def actor(self) -> Any:
        """Who acted: a Struct of id, role, organisation and basis."""

    @property
    def subject(self) -> UUID | None:
        """Whose personal fields these are."""

    @property
    def relied_on(self) -> Mapping[UUID, int]:
        """Which version of which streams the decision rested on."""


class TopicUnknown(LedgerError):
    """An entry's or an event's topic is not one this service knows."""


class SubjectMissing(LedgerError):
    """An event with personal fields names nobody whose key could seal them."""


class EntryUnreadable(LedgerError):
    """A stored entry cannot be turned back into its event; the message names the entry and what is wrong."""

    def __init__(self, stored: StoredEvent, problem: str) -> None:
        super().__init__(f"{stored.topic} {stored.originator_id} version {stored.originator_version}: {problem}")


@dataclass(frozen=True)
class SealedEvent(StoredEvent):
    """A stored event whose `state` is the entry's body, with what the recorder needs beside it.

    The last four are read by the recorder when it writes; an event read back has them only in its body.
    """

    payload: bytes | None = None
    recorded_at: datetime | None = None
    subject: UUID | None = None
    relied_on: Mapping[UUID, int] = field(default_factory=dict)
    evidence: tuple[Any, ...] = ()


@dataclass(frozen=True)
class SealedNotification(Notification):
    """A notification with the sealed payload of its entry."""

    payload: bytes | None


class _Sealed(msgspec.Struct):
    ciphertext: str
    groups: dict[str, str]


class _Body(msgspec.Struct):
    origin: str
    stream: UUID
    version: int
    topic: str
    recorded_at: datetime
    actor: dict[str, Any]
    subject: UUID | None
    facts: dict[str, Any]
    sealed: _Sealed | None
    relied_on: dict[str, int]


_decode_body = msgspec.json.Decoder(_Body).decode


class _Layout:
    """Which of a class's fields are clear and which are sealed together; worked out once a class."""

    def __init__(self, cls: type[Any]) -> None:
        fields = msgspec.inspect.type_info(cls).fields  # type: ignore[attr-defined]  # not in its stubs
        if holds(fields, msgspec.inspect.FloatType):
            raise TypeError(
                f"{cls.__name__} has a field for fractions; signed numbers are whole (scale them, or use text)."
            )
        self.cls = cls
        self.version: int = getattr(cls, "class_version", 1)
        self.instants = {field.name for field in fields if holds(field, msgspec.inspect.DateTimeType)}
        self.groups = {group: tuple(names) for group, names in cls.PERSONAL.items()}
        sealed = {name for names in self.groups.values() for name in names}
        self.clear = tuple(name for name in cls.__struct_fields__ if name not in sealed and name not in _ENVELOPE)
        self.facts = {*self.clear, "class_version"} if self.version > 1 else {*self.clear}

    def said(self, event: Event, names: tuple[str, ...]) -> dict[str, Any]:
        """Some fields of an event as they are signed."""
        return {name: spelt(getattr(event, name)) if name in self.instants else getattr(event, name) for name in names}


def frame_body(origin: str, event: Event, facts: Mapping[str, Any], sealed: Mapping[str, Any] | None) -> bytes:
    """Return the bytes that are signed; the order of the keys is part of them."""
    return _encode(
        {
            "origin": origin,
            "stream": event.originator_id,
            "version": event.originator_version,
            "topic": event.TOPIC,
            "recorded_at": instant(event.recorded_at),
            "actor": event.actor,
            "subject": event.subject,
            "facts": facts,
            "sealed": sealed,
            "relied_on": event.relied_on,
        }
    )


class SealingMapper(Mapper[UUID]):
    """Maps our event classes, and only those it is given, to sealed entries of one ledger."""

    def __init__(self, topics: Mapping[str, type[Any]], origin: str, subjects: SubjectKeys) -> None:
        self._layouts = {topic: _Layout(cls) for topic, cls in topics.items()}
        self._origin = origin
        self._subjects = subjects

    def to_stored_event(self, domain_event: Any) -> SealedEvent:
        """Frame an event's clear facts and seal its personal ones.

        Raises:
            TopicUnknown: where the event's class is not one of this ledger's.
            SubjectUnknown, SubjectErased: where it names a subject nothing can be recorded about.
            SubjectMissing: where it has personal fields and names no subject.
        """
        event: Event = domain_event
        topic = event.TOPIC
        layout = self._layouts.get(topic)
        if layout is None or layout.cls is not type(event):
            raise TopicUnknown(f"{type(event).__name__} ({topic}) is not an event of this ledger.")
        sealed, payload = self._seal(event, layout)
        facts = layout.said(event, layout.clear)
        if layout.version > 1:
            facts["class_version"] = layout.version
        return SealedEvent(
            event.originator_id,
            event.originator_version,
            topic,
            frame_body(self._origin, event, facts, sealed),
            payload,
            event.recorded_at,
            event.subject,
            event.relied_on,
            getattr(event, GROUP) if GROUP in layout.groups else (),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Turn an entry back into its event; personal fields of an erased subject come back as `{"erased": true}`.

        Sealed fields are authenticated by their encryption, bound to this entry; signatures and commitments are
        checked by `audit`, not here.

        Raises:
            TopicUnknown: where the entry's topic is not one of this ledger's.
            EntryUnreadable: where the entry does not open or does not belong where it lies.
        """
        layout = self._layouts.get(stored_event.topic)
        if layout is None:
            raise TopicUnknown(f"An entry has the topic {stored_event.topic}, which this service does not know.")
        try:
            body = _decode_body(stored_event.state)
            if (body.stream, body.version, body.topic) != (
                stored_event.originator_id,
                stored_event.originator_version,
                stored_event.topic,
            ):
                raise EntryUnreadable(stored_event, "its body says it belongs elsewhere.")
            values = body.facts
            _check_layout(layout, body, stored_event)
            if body.sealed is not None:
                values.update(self._open(body, body.sealed, layout, stored_event))
            _upcast(layout, values)
            values.update(
                originator_id=body.stream,
                originator_version=body.version,
                recorded_at=body.recorded_at,
                actor=body.actor,
                subject=body.subject,
                relied_on=body.relied_on,
            )
            return msgspec.convert(values, layout.cls)
        except (msgspec.MsgspecError, VerificationError, ValueError, KeyError) as error:
            raise EntryUnreadable(stored_event, str(error)) from error

    def _seal(self, event: Event, layout: _Layout) -> tuple[dict[str, Any] | None, bytes | None]:
        subject = event.subject
        if subject is None:
            if layout.groups:
                raise SubjectMissing(f"{event.TOPIC} has personal fields and must name their subject.")
            return None, None
        key = self._subjects.create(subject) if event.OPENS_SUBJECT else self._subjects.get(subject)
        if not layout.groups:
            return None, None
        lines, commitments = [], {}
        for group, names in layout.groups.items():
            line = _encode((disclosure.salt(), group, layout.said(event, names)))
            lines.append(line)
            commitments[group] = _base64(disclosure.commitment(line))
        associated = disclosure.associated_data(
            self._origin, event.originator_id, event.originator_version, event.TOPIC
        )
        payload = disclosure.seal(key, associated, lines)
        return {"ciphertext": _base64(sha256(payload).digest()), "groups": commitments}, payload

    def _open(self, body: _Body, sealed: _Sealed, layout: _Layout, stored: StoredEvent) -> dict[str, Any]:
        if body.subject is None:
            raise EntryUnreadable(stored, "it has sealed fields and names no subject.")
        try:
            key = self._subjects.get(body.subject)
        except SubjectErased:
            return {name: _ERASED for group in sealed.groups for name in layout.groups[group]}
        payload = getattr(stored, "payload", None)
        if payload is None:
            raise EntryUnreadable(stored, "its sealed fields are missing although its subject was not erased.")
        associated = disclosure.associated_data(self._origin, body.stream, body.version, body.topic)
        opened: dict[str, Any] = {}
        for line in disclosure.unseal(key, associated, payload):
            opened.update(_decode_line(line)[2])
        return opened


def _base64(content: bytes) -> str:
    # What base64.b64encode does at twice the price; each entry needs it three times and more.
    return b2a_base64(content, newline=False).decode()


def _check_layout(layout: _Layout, body: _Body, stored: StoredEvent) -> None:
    """Refuse what the mapper would not have written: a personal field in the clear, a part left out or added."""
    version = body.facts.get("class_version", 1)
    if type(version) is not int or not 1 <= version <= layout.version:
        raise EntryUnreadable(stored, "its class version is not one that this service knows.")
    if version < layout.version:
        return  # What its class was made of then is not kept; the present class is checked once it is upcast.
    if body.facts.keys() != layout.facts:
        raise EntryUnreadable(stored, "its clear facts are not those of its kind.")
    if (set() if body.sealed is None else body.sealed.groups.keys()) != layout.groups.keys():
        raise EntryUnreadable(stored, "its sealed parts are not those of its kind.")


def _upcast(layout: _Layout, values: dict[str, Any]) -> None:
    for version in range(values.pop("class_version", 1), layout.version):
        getattr(layout.cls, f"upcast_v{version}_v{version + 1}")(values)
