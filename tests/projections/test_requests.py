"""Which requests for consent are open, on either axis: what an answer closes and what it does not."""

from __future__ import annotations

import pytest

from domain import events
from domain.events import Fact
from domain.vocabulary import Capacity, Medium
from projections.catch_up import catch_up
from projections.database import ReadDatabase
from projections.requests import RequestStatus, requests
from tests.projections.facts import erased, fact
from tests.projections.ids import PLACEMENT, day, named
from tests.projections.logs import Log

ASKED = events.PlacingAuthorityConsentRequested
GIVEN = events.PlacingAuthorityConsentGiven
REFUSED = events.PlacingAuthorityConsentRefused


def statuses(read: ReadDatabase, *facts: Fact, on: str = "09-30", known_at: int | None = None) -> list[RequestStatus]:
    log = Log()
    for each in facts:
        log.add(each)
    catch_up(read, log)
    with read.reading() as connection:
        found = requests(connection, day(on), known_at or len(facts), placement_ids=[PLACEMENT])
    return [one.status for one in found]


def test_a_request_is_open_until_the_day_its_answer_arrives_and_known_as_such(read: ReadDatabase) -> None:
    facts = (fact(ASKED), fact(GIVEN, answers_request=1))
    assert statuses(read, *facts) == [RequestStatus.CONSENTED]
    with read.reading() as connection:
        assert [one.status for one in requests(connection, day("09-07"), 2)] == [RequestStatus.OPEN]
        assert [one.status for one in requests(connection, day("09-30"), 1)] == [RequestStatus.OPEN]
        assert requests(connection, day("09-03"), 2) == ()
        [closed] = requests(connection, day("09-30"), 2)
    assert (closed.answered_on, closed.answered_at) == (day("09-08"), 2)
    assert closed.reference == f"AP-{PLACEMENT.hex[:8].upper()}-1"


def test_a_numbered_answer_closes_its_request_and_no_other(read: ReadDatabase) -> None:
    facts = (fact(ASKED), fact(ASKED, number=2), fact(REFUSED, answers_request=2))
    assert statuses(read, *facts) == [RequestStatus.OPEN, RequestStatus.REFUSED]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (fact(GIVEN), RequestStatus.CONSENTED),
        (fact(REFUSED), RequestStatus.REFUSED),
        (fact(GIVEN, capacity=Capacity.BOTH), RequestStatus.CONSENTED),
        (fact(GIVEN, capacity=Capacity.SOCIAL_CARE), RequestStatus.OPEN),
        (fact(GIVEN, authority_id=named("another")), RequestStatus.OPEN),
        (fact(GIVEN, answers_request=1, medium=Medium.TELEPHONE), RequestStatus.OPEN),
    ],
    ids=["consent", "refusal", "in both", "in the other capacity", "of another", "by telephone"],
)
def test_an_answer_without_a_number_closes_what_its_authority_was_asked(
    read: ReadDatabase, answer: Fact, status: RequestStatus
) -> None:
    assert statuses(read, fact(ASKED), answer) == [status]


def test_a_consent_given_before_answers_nothing_asked_after(read: ReadDatabase) -> None:
    assert statuses(read, fact(GIVEN), fact(ASKED)) == [RequestStatus.OPEN]


def test_an_erased_request_keeps_its_number_and_says_nothing(read: ReadDatabase) -> None:
    log = Log()
    log.add(erased(fact(ASKED)))
    catch_up(read, log)
    with read.reading() as connection:
        [one] = requests(connection, day("09-30"), 1)
    assert (one.number, one.sent_to, one.capacity) == (1, None, None)
