"""Placements on paper from a file: looked at before anything is entered, each row once, and never over a record."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from domain.values import Submission
from domain.vocabulary import ArrangedBy, Capacity, Medium, Source
from ledger.audit import audit
from projections import providers
from projections.catch_up import position
from tests.conftest import ROOT
from tests.domain.people import HEAD, named
from tests.web.browsing import Browser, checked, filled_in, recorded
from tests.web.conftest import PASSPHRASE
from tests.web.test_existing import told
from web.bootstrap import Services
from web.import_placements import Outcome, enter, preview
from web.paper_columns import COLUMNS
from web.paper_file import read

PAGE = "/placements/import"
SCHOOL = named("school")
KNOWN = {
    "pupil reference": "RH-001", "provider": "Fieldgate Motor Project CIC", "first day": "2/3/2026",
    "planned last day": "18/12/2026", "approved on": "25/2/2026", "approved by": "C. Formerhead",
    "authority 1": "Easterby County Council (demo)", "authority 1 officer": "V. Ploughwright",
    "authority 1 officer job title": "Commissioning Officer", "authority 1 consented on": "20/2/2026",
    "authority 1 consent came by": "Letter", "authority 1 placed for": "Education (special needs)",
    "parent": "P. Ashby", "parent said on": "18/2/2026", "parent said": "A parent agreed",
    "parent said by": "Signed form", "arranged by": "The school", "copied from": "The blue folder",
}  # fmt: skip
UNKNOWN = {
    "pupil reference": "RH-777", "unique pupil number": "", "pupil name": "Zoë Ferrow", "date of birth": "13/5/2012",
    "on roll from": "1/9/2025", "provider": "Quarry Bank Riding", "place": "The Yard", "place address": "1 Dock Road",
    "place kind": "Provider premises", "arranged by": "The school", "copied from": "The blue folder",
    "place telephone": "01632 960001", "first day": "16/3/2026", "planned last day": "18/12/2026",
}  # fmt: skip


@pytest.fixture
def known(services: Services) -> dict[str, str]:
    """A row about a pupil and a provider that are on record."""
    services.catch_up()
    with services.read.reading() as connection:
        provider, *_ = providers.providers(connection, position(connection))
    return {**KNOWN, "provider": provider.name}


def text(*rows: dict[str, str]) -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def looked_up(services: Services, *rows: dict[str, str]) -> Outcome:
    return preview(read(text(*rows)), services, HEAD, SCHOOL)


def entered(services: Services, *rows: dict[str, str]) -> Outcome:
    return enter(read(text(*rows)), services, HEAD, SCHOOL)


def uploaded(browser: Browser, content: str | bytes) -> str:
    fields = filled_in(browser.read(PAGE))
    data = content.encode() if isinstance(content, str) else content
    answer = browser.client.post(PAGE, data={**fields, "file": FileStorage(io.BytesIO(data), "placements.csv")})
    checked(answer)
    return answer.text


def confirmed(browser: Browser, page: str, **ticked: str) -> str:
    answer = browser.client.post(PAGE, data={**filled_in(page), **ticked})
    checked(answer)
    return answer.text


def test_looking_at_a_file_records_nothing(services: Services, known: dict[str, str]) -> None:
    before = recorded(services)
    outcome = looked_up(services, known, UNKNOWN)
    assert [plan.line for plan in outcome.fresh] == [2, 3]
    assert (outcome.fresh[0].enrol, outcome.fresh[0].place) == (None, None)
    assert all((outcome.fresh[1].enrol, outcome.fresh[1].provider, outcome.fresh[1].place))
    assert recorded(services) == before


def test_a_row_is_entered_with_all_that_it_needs_first_and_the_same_file_again_adds_nothing(
    services: Services, known: dict[str, str]
) -> None:
    assert entered(services, known, UNKNOWN).entered == 2
    size = recorded(services)
    again = entered(services, known, UNKNOWN)
    assert (again.entered, len(again.plans), again.bad, again.differing) == (0, 2, 0, [])
    assert recorded(services) == size
    facts = [fact for _, fact in services.source(0, size)]
    paper = [fact.TOPIC for fact in facts if getattr(fact, "entered_from", None) is Source.PAPER_BACKFILL]
    assert paper.count("placement.existing-added") == 2
    services.checkpointer.publish()
    assert audit(services.log, services.subjects, services.checkpointer.locked()).finding is None


def test_what_a_row_says_is_what_is_entered(services: Services, known: dict[str, str]) -> None:
    said = {"authority 1 placed for": "Social care", "authority 1 consent came by": "Email", "parent said by": "Letter"}
    values = looked_up(services, {**known, **said, "arranged by": "The local authority"}).fresh[0].values
    assert (values["consents"][0].capacity, values["consents"][0].medium) == (Capacity.SOCIAL_CARE, Medium.EMAIL)
    assert (values["parents"].medium, values["arranged_by"]) == (Medium.LETTER, ArrangedBy.LOCAL_AUTHORITY)


def test_a_run_that_was_cut_short_is_completed_by_the_next(services: Services, known: dict[str, str]) -> None:
    plan = looked_up(services, UNKNOWN).fresh[0]
    submission = Submission(HEAD, services.clock())
    services.application.record_provider(plan.values["provider_id"], **plan.provider, submission=submission)
    services.application.enrol_pupil(plan.values["pupil_id"], **plan.enrol, submission=submission)
    plan = looked_up(services, UNKNOWN).fresh[0]
    assert (plan.enrol, plan.provider) == (None, None)
    assert entered(services, UNKNOWN).entered == 1


def test_two_rows_about_one_new_pupil_put_them_on_roll_once(services: Services) -> None:
    later = {**UNKNOWN, "first day": "15/6/2026"}
    assert entered(services, {**UNKNOWN, "last day": "12/6/2026"}, later).entered == 2
    enrolled = [fact for _, fact in services.source(0, services.log.size()) if fact.TOPIC == "pupil.enrolled"]
    assert len(enrolled) == 2  # the ledger's own pupil, and this one


def test_of_two_providers_with_one_name_none_is_taken_for_the_other(services: Services, known: dict[str, str]) -> None:
    submission = Submission(HEAD, services.clock())
    services.application.record_provider(named("twin"), name=known["provider"], school_id=None, submission=submission)
    (problem,) = looked_up(services, known).problems
    assert (problem.column, "Two providers" in problem.reason) == ("provider", True)


def test_a_new_pupil_s_number_must_be_one_that_can_be(services: Services) -> None:
    (problem,) = looked_up(services, {**UNKNOWN, "unique pupil number": "A999000125001"}).problems
    assert problem.column == "unique pupil number"


def test_one_placement_on_two_lines_is_a_fault_of_the_second(services: Services, known: dict[str, str]) -> None:
    (problem,) = looked_up(services, known, known).problems
    assert (problem.line, "line 2" in problem.reason) == (3, True)


def test_what_is_here_and_differs_is_listed_and_stays_as_it_is(services: Services, known: dict[str, str]) -> None:
    entered(services, known)
    size = recorded(services)
    outcome = entered(services, {**known, "planned last day": "17/7/2026", "last day": "30/6/2026"})
    assert [plan.differs for plan in outcome.differing] == [("planned last day", "last day")]
    assert recorded(services) == size


def test_the_page_shows_first_and_enters_on_the_second_sending(
    head: Browser, services: Services, known: dict[str, str]
) -> None:
    before = recorded(services)
    page = uploaded(head, text(known, UNKNOWN))
    assert "Nothing is entered yet. Of 2 rows, 2 can be entered" in told(page)
    assert "Zoë Ferrow (is put on roll)" in told(page)
    assert recorded(services) == before
    assert "2 of 2 rows were entered" in told(confirmed(head, page))
    assert "0 of 2 rows were entered" in told(confirmed(head, page))


def test_rows_at_fault_are_left_out_only_by_the_button_that_says_so(head: Browser, known: dict[str, str]) -> None:
    page = uploaded(head, text(known, {**known, "provider": "Nobody"}))
    assert "Enter the 1 good row and leave out the others" in told(page)
    done = told(confirmed(head, page))
    assert "1 of 2 rows was entered" in done
    assert "No provider is recorded as" in done


def test_dates_that_could_be_either_way_are_asked_about(
    head: Browser, services: Services, known: dict[str, str]
) -> None:
    named_days = {name: "" for name in known if "on" in name.split() or "day" in name}
    row = {
        **known,
        **named_days,
        "first day": "2/3/2026",
        "planned last day": "12/11/2026",
        "authority 1": "",
        "authority 1 consent came by": "",
        "authority 1 placed for": "",
        "parent": "",
        "parent said": "",
        "parent said by": "",
    }
    row |= {"authority 1 officer": "", "authority 1 officer job title": ""}
    page = uploaded(head, text(row))
    assert "2/3/2026 could be read either way" in told(page)
    before = recorded(services)
    assert "Tick that the day stands first" in told(confirmed(head, page))
    assert recorded(services) == before
    assert "1 of 1 rows was entered" in told(confirmed(head, page, day_first="yes"))


def test_a_file_with_the_month_first_enters_nothing_at_all(head: Browser, known: dict[str, str]) -> None:
    page = uploaded(head, text(known, {**known, "first day": "9/27/2025"}))
    assert "9/27/2025 has no month 27" in told(page)
    assert 'id="form"' not in page


def test_windows_1252_is_said_before_anything_is_entered(head: Browser) -> None:
    page = told(uploaded(head, text(UNKNOWN).encode("cp1252")))
    assert "read as Windows-1252" in page
    assert "Zoë Ferrow" in page


@pytest.mark.parametrize("content", ["Zoë".encode("utf-16"), b"", b"name\nx\n", b"PK\x03\x04\0"])
def test_a_file_that_is_none_is_a_plain_sentence(head: Browser, content: bytes) -> None:
    assert "There is a problem" in told(uploaded(head, content))


def test_without_a_file_or_for_an_inspector_there_is_nothing_to_enter(app: Flask, head: Browser) -> None:
    answer = head.client.post(PAGE, data={"csrf_token": head.token()})
    assert (answer.status_code, "Choose a file first." in answer.text) == (422, True)
    assert Browser(app, "inspector").get(PAGE).status_code == 403


def test_the_template_names_every_column_and_nothing_else(head: Browser) -> None:
    content = head.client.get(f"{PAGE}/template.csv").data.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content))) == [[column.name for column in COLUMNS]]


def test_the_command_enters_in_the_lead_s_name_and_asks_where_it_is_not_sure(
    services: Services, known: dict[str, str], tmp_path: Path
) -> None:
    services.close()
    good, windows = tmp_path / "good.csv", tmp_path / "windows.csv"
    good.write_text(text(known), encoding="utf-8")
    windows.write_bytes(text(UNKNOWN).encode("cp1252"))
    assert "1 rows: 1 entered in the name of A. Ap_Lead" in run(services.data, good)[1]
    code, out, _ = run(services.data, good, "--json")
    assert (code, json.loads(out)["already"]) == (0, 1)
    code, _, error = run(services.data, windows)
    assert (code, "--windows-1252" in error) == (1, True)
    assert run(services.data, windows, "--windows-1252")[0] == 0
    assert run(services.data, tmp_path / "none.csv")[0] == 1


def run(data: Path, *arguments: object) -> tuple[int, str, str]:
    command = [sys.executable, "-P", "-m", "web", "import-placements", "--data", str(data), *map(str, arguments)]
    surroundings = {"PYTHONPATH": str(ROOT), "PLACEMENT_LEDGER_PASSPHRASE": PASSPHRASE, "PATH": ""}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr
