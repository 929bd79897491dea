"""Evidence is taken of a placement, a pupil, a period or everything; that it is taken is entered before it leaves."""

from __future__ import annotations

import base64
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from domain.events import EvidenceExported, RecordRead
from ledger.audit import audit
from ledger.policy import format_policy, trust_log
from ledger.scope import PeriodScope, PlacementScope, PupilScope, WholeScope
from ledger.verify import Established, verify
from projections.identified import identified
from tests.conftest import SMALL, TODAY
from tests.domain.people import named
from tests.web.browsing import Browser, Clock, recorded
from tests.web.conftest import NOW, Place
from tests.web.test_cli import web
from web import evidence, founding
from web.bootstrap import Services, open_services
from web.commands.operating import operator
from web.demo.plan import plan

PLACEMENT, PUPIL = named("placement"), named("pupil")
DAYS = {
    f"{end}-{part}": str(value)
    for end, day in (("from", date(2026, 1, 1)), ("to", NOW.date()))
    for part, value in (("day", day.day), ("month", day.month), ("year", day.year))
}
FOR = {"made_for": "An inspector DEMO", "purpose": "The inspection of September"}
TAKEN = [
    (f"/placements/{PLACEMENT}/evidence", {}, PlacementScope(PLACEMENT)),
    (f"/pupils/{PUPIL}/evidence", {}, PupilScope(PUPIL)),
    ("/evidence", {"what": "period", **DAYS}, evidence.period(date(2026, 1, 1), NOW.date())),
    ("/evidence", {"what": "whole"}, WholeScope()),
]


def check(services: Services, content: bytes) -> Established:
    return verify(BytesIO(content), format_policy(trust_log(services.keys.vkey)), lambda *_: None)


def take(browser: Browser, address: str, **typed: str) -> bytes:
    answer = browser.client.post(address, data={"csrf_token": browser.token(), **FOR, **typed})
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/zip"
    return answer.data


def facts(services: Services, kind: type[EvidenceExported | RecordRead]) -> list[EvidenceExported | RecordRead]:
    return [fact for _, fact in services.source(0, services.log.size()) if isinstance(fact, kind)]


def texts(content: bytes) -> str:
    """Everything a file says, what lies in base64 in an entry included."""
    said = []
    with zipfile.ZipFile(BytesIO(content)) as file:
        for name in file.namelist():
            text = file.read(name).decode("utf-8", "replace")
            said += [text, *(base64.b64decode(body).decode() for body in re.findall(r'^\{"payload":"([^"]+)"', text))]
    return "\n".join(said)


@pytest.mark.parametrize(("address", "typed", "scope"), TAKEN, ids=["placement", "pupil", "period", "whole"])
def test_each_kind_is_taken_through_a_form_and_verifies(
    head: Browser, services: Services, address: str, typed: dict[str, str], scope: object
) -> None:
    assert "Take the evidence file" in head.read(address)
    content = take(head, address, **typed)
    shown = check(services, content)
    (export,) = facts(services, EvidenceExported)

    assert shown.scope == scope
    assert shown.statement is not None
    assert isinstance(export, EvidenceExported)
    assert (export.made_for, export.purpose) == (FOR["made_for"], FOR["purpose"])
    assert (export.count, export.size) == (shown.statement.count, shown.statement.size)
    assert FOR["made_for"] in texts(content)


@pytest.mark.parametrize("place", [1, 2], ids=["pupil", "period"])
@pytest.mark.parametrize("name", FOR)
@pytest.mark.parametrize("text", ["An inspector\0", "Ofsted \u202edrawer", "x" * 501], ids=["NUL", "turned", "long"])
def test_whom_it_is_for_is_entered_as_it_reads_and_whole_or_not_at_all(
    head: Browser, services: Services, place: int, name: str, text: str
) -> None:
    address, typed, _ = TAKEN[place]
    answer = head.client.post(address, data={"csrf_token": head.token(), **FOR, **typed, name: text})

    assert answer.status_code == 422
    assert f'href="#{name}"' in answer.text
    assert not facts(services, EvidenceExported)


def test_each_kind_is_written_and_audited_on_both_databases(place: Place) -> None:
    services = place.open(Clock(NOW))
    officer = evidence.Asked(operator(services.about.origin), **FOR)
    try:
        for _, _, scope in TAKEN:
            out = BytesIO()
            evidence.write(services, evidence.choose(services, scope), officer, out)
            assert check(services, out.getvalue()).scope == scope
        assert audit(services.log, services.subjects, services.checkpointer.locked()).finding is None
    finally:
        services.close()


def test_who_was_shown_whose_records_is_entered_too(head: Browser, services: Services) -> None:
    before = len(facts(services, RecordRead))
    take(head, "/evidence", what="whole")
    *_, reading = facts(services, RecordRead)

    assert len(facts(services, RecordRead)) == before + 1
    assert isinstance(reading, RecordRead)
    assert (reading.page, reading.form, reading.pupils) == ("take_evidence", "file", (PUPIL,))


def test_looking_at_the_form_takes_nothing(head: Browser, services: Services) -> None:
    for address, _, _ in TAKEN:
        head.read(address)

    assert not facts(services, EvidenceExported)


def test_evidence_without_an_entry_that_it_was_taken_does_not_leave(head: Browser, services: Services) -> None:
    with services.log.datastore.transaction(commit=True) as c:
        c.execute("INSERT INTO payloads VALUES (?, ?)", (services.log.size() + 1, b"planted"))
    for address in (f"/pupils/{PUPIL}/evidence.zip", f"/placements/{PLACEMENT}/evidence.zip"):
        answer = head.client.get(address)

        assert answer.status_code == 503
        assert b"PK" not in answer.data


def test_evidence_of_everything_is_for_those_who_answer_for_it(app: Flask, services: Services) -> None:
    for persona, able in (("dsl", True), ("head-teacher", True), ("inspector", False), ("attendance-officer", False)):
        assert (Browser(app, persona).client.get("/evidence").status_code == 200) == able
    inspector = Browser(app, "inspector")

    assert check(services, take(inspector, f"/pupils/{PUPIL}/evidence")).scope == PupilScope(PUPIL)


def test_who_took_evidence_is_told_to_those_who_may_see_who_looked_and_to_nobody_else(
    app: Flask, head: Browser, services: Services
) -> None:
    take(head, f"/pupils/{PUPIL}/evidence")
    index = next(leaf.index for leaf in services.log.leaves(0, 10**6) if leaf.topic == EvidenceExported.TOPIC)

    assert FOR["made_for"] in head.read(f"/entries/{index}")
    assert Browser(app, "ap-lead").client.get(f"/entries/{index}").status_code == 403


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Give a real day"),
        ({**DAYS, "to-day": "31", "to-month": "2"}, "Give a real day"),
        ({**DAYS, "to-year": "2025"}, "The last day is before the first"),
        ({**DAYS, "school": "nowhere"}, "Choose a school"),
        ({**DAYS, "from-year": "1999", "to-year": "1999"}, "Nothing is recorded of what you asked for."),
    ],
)
def test_a_period_that_is_none_is_refused_and_nothing_is_entered(
    head: Browser, services: Services, typed: dict[str, str], says: str
) -> None:
    answer = head.client.post("/evidence", data={"csrf_token": head.token(), **typed})

    assert answer.status_code == 422
    assert says in answer.text
    assert not facts(services, EvidenceExported)


def test_a_record_of_another_kind_is_not_given_out_as_a_pupils_or_a_placements(head: Browser) -> None:
    for address in (f"/pupils/{PLACEMENT}", f"/placements/{PUPIL}", f"/pupils/{named('school')}"):
        assert head.client.get(f"{address}/evidence.zip").status_code == 404
        assert head.client.get(f"{address}/evidence").status_code == 404


def test_evidence_of_an_erased_pupil_verifies_and_names_nobody(head: Browser, services: Services) -> None:
    whole = texts(take(head, f"/pupils/{PUPIL}/evidence"))
    services.subjects.destroy(PUPIL, datetime(2026, 9, 10, tzinfo=UTC))
    content = take(head, f"/pupils/{PUPIL}/evidence")

    assert "Wren Ashby" in whole
    assert "Wren Ashby" not in texts(content)
    assert check(services, content).withheld > 10


def test_one_schools_evidence_is_what_its_people_entered(head: Browser, services: Services) -> None:
    own = check(services, take(head, "/evidence", **DAYS, school=str(named("school"))))
    other = head.client.post(
        "/evidence", data={"csrf_token": head.token(), **DAYS, "school": str(named("other school"))}
    )

    assert isinstance(own.scope, PeriodScope)
    assert own.scope.school == named("school")
    assert other.status_code == 422


@pytest.fixture
def demo_services(demo_copy: Path) -> Iterator[Services]:
    services = open_services(
        demo_copy, None, founding.passphrase(demo_copy, founding.read(demo_copy), {}), lambda: datetime.now(UTC)
    )
    yield services
    services.close()


def test_a_pupils_evidence_names_no_other_pupil_anywhere_in_it(demo_services: Services) -> None:
    """Every pupil of a demo in which each rule is told: corrections, documents, returns, consents, delegations."""
    services = demo_services
    services.catch_up()
    with services.read.reading() as connection:
        everybody = [(pupil, [text for text in said if text]) for pupil, *said in identified(connection, 0)]
    officer = evidence.Asked(operator(services.about.origin))
    assert len(everybody) > 10
    for pupil, own in everybody:
        out = BytesIO()
        chosen = evidence.choose(services, PupilScope(pupil))
        evidence.write(services, chosen, officer, out)
        said = texts(out.getvalue())

        assert chosen.pupils == {pupil}
        assert own[0] in said
        for other, called in everybody:
            if other != pupil:
                assert not [text for text in (str(other), *called) if text not in own and text in said]


@pytest.mark.parametrize("what", ["--placement", "--pupil", "--from", "--whole"])
def test_each_kind_is_written_by_the_command_and_verifies(demo_copy: Path, tmp_path: Path, what: str) -> None:
    step = next(step for step in plan(TODAY, SMALL) if step.verb == "suspend_placement")
    pupil = next(one for one in plan(TODAY, SMALL) if one.verb == "enrol_pupil").id
    arguments: dict[str, Sequence[object]] = {
        "--placement": [step.id], "--pupil": [pupil], "--from": [TODAY - timedelta(days=20)], "--whole": [],
    }  # fmt: skip
    file = tmp_path / "evidence.zip"
    done = web("export-bundle", what, *arguments[what], "--for", "An inspector DEMO", file, "--data", demo_copy)
    assert done.returncode == 0, done.stderr
    services = open_services(
        demo_copy, None, founding.passphrase(demo_copy, founding.read(demo_copy), {}), lambda: datetime.now(UTC)
    )
    try:
        shown = check(services, file.read_bytes())
        (export,) = facts(services, EvidenceExported)
        assert shown.entries > 1
        assert isinstance(export, EvidenceExported)
        assert export.made_for == "An inspector DEMO"
    finally:
        services.close()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (["--whole", "--to", "2026-09-01"], "--to and --school go with --from only."),
        (["--from", "2026-09-02", "--to", "2026-09-01"], "The last day is before the first."),
        (["--from", "2026-09-02", "--school", "Nowhere"], "There is no school called 'Nowhere'"),
        (["--from", "1999-09-02", "--to", "1999-09-03"], "Nothing is recorded of what you asked for."),
        (["--pupil", "Wren"], "is not a pupil's reference"),
        (["--pupil", str(UUID(int=5))], "There is no pupil with the reference"),
    ],
)
def test_what_the_command_cannot_write_is_said_in_a_sentence(
    demo_copy: Path, tmp_path: Path, wrong: list[str], says: str
) -> None:
    done = web("export-bundle", *wrong, tmp_path / "no.zip", "--data", demo_copy)

    assert done.returncode == 1
    assert says in done.stderr
    assert not (tmp_path / "no.zip").exists()


def test_taking_evidence_changes_nothing_that_was_entered(head: Browser, services: Services) -> None:
    before = recorded(services)
    take(head, f"/placements/{PLACEMENT}/evidence")

    assert recorded(services) == before
