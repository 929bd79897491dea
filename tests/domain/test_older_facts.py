"""A fact written before a field was asked for is read with that field's default; its stored bytes stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar
from uuid import UUID, uuid4

import msgspec
import pytest

from domain.events import ParentalAgreementGiven, PupilEnrolled
from domain.events.fact import ACTOR
from domain.values import Actor, Basis
from domain.vocabulary import BasisKind, Medium, Role, Source
from ledger.mapper import SealingMapper
from ledger.subjects import SubjectKeys

HOLDER = uuid4()
ACTOR_THEN = Actor(uuid4(), Role.AP_LEAD, uuid4(), Basis(BasisKind.OWN_OFFICE, uuid4()))


class AgreementGivenThen(msgspec.Struct, frozen=True, kw_only=True):
    """The fact in its first shape: without evidence, and without how it came in."""

    TOPIC: ClassVar[str] = ParentalAgreementGiven.TOPIC
    PERSONAL: ClassVar[dict[str, tuple[str, ...]]] = {"parent": ("holder_name", "medium"), "actor": ACTOR}
    OPENS_SUBJECT: ClassVar[bool] = True

    originator_id: UUID
    originator_version: int
    recorded_at: datetime
    actor: Actor
    subject: UUID | None
    relied_on: dict[UUID, int] = {}
    actor_name: str
    actor_title: str
    holder_id: UUID
    given_on: date
    received_on: date
    holder_name: str
    medium: Medium


@pytest.fixture
def subjects(tmp_path: Path) -> Iterator[SubjectKeys]:
    keys = SubjectKeys(tmp_path / "subjects.sqlite", bytes(32))
    yield keys
    keys.close()


def test_a_fact_of_the_first_shape_is_read_as_todays_without_anything_made_up(subjects: SubjectKeys) -> None:
    then = SealingMapper({AgreementGivenThen.TOPIC: AgreementGivenThen}, "ledger.example/test", subjects)
    now = SealingMapper(
        {fact.TOPIC: fact for fact in (ParentalAgreementGiven, PupilEnrolled)}, "ledger.example/test", subjects
    )
    stored = then.to_stored_event(
        AgreementGivenThen(
            originator_id=uuid4(), originator_version=1, recorded_at=datetime(2026, 9, 1, tzinfo=UTC),
            actor=ACTOR_THEN, subject=uuid4(), actor_name="Ada Teal", actor_title="Lead", holder_id=HOLDER,
            given_on=date(2026, 8, 28), received_on=date(2026, 8, 31), holder_name="Bea Teal", medium=Medium.EMAIL,
        )
    )  # fmt: skip

    read = now.to_domain_event(stored)

    assert isinstance(read, ParentalAgreementGiven)
    assert (read.holder_name, read.medium, read.evidence) == ("Bea Teal", Medium.EMAIL, ())
    assert read.entered_from is Source.UI
    assert b"class_version" not in stored.state


def test_todays_fact_says_of_what_shape_it_is(subjects: SubjectKeys) -> None:
    subjects.create(pupil := uuid4())
    now = SealingMapper({ParentalAgreementGiven.TOPIC: ParentalAgreementGiven}, "ledger.example/test", subjects)

    stored = now.to_stored_event(
        ParentalAgreementGiven(
            originator_id=uuid4(), originator_version=1, recorded_at=datetime(2026, 9, 1, tzinfo=UTC),
            actor=ACTOR_THEN, subject=pupil, actor_name="Ada Teal", actor_title="Lead", holder_id=HOLDER,
            given_on=date(2026, 8, 28), received_on=date(2026, 8, 31), holder_name="Bea Teal", medium=Medium.EMAIL,
        )
    )  # fmt: skip

    assert b'"class_version":2' in stored.state
    assert now.to_domain_event(stored).holder_name == "Bea Teal"
