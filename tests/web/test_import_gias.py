"""The register's extract is held against every provider: what it says is recorded once, what it cannot mean never."""

from __future__ import annotations

import codecs
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import DecisionRefused
from domain.events import ProviderRegistrationLapsed, ProviderRegistrationVerified
from domain.provider import Provider
from domain.vocabulary import Regime, RegisterStatus, Role, Source
from ledger.audit import audit
from projections.providers import providers, sites
from projections.registration import registrations_of
from tests.conftest import ROOT, TODAY
from tests.domain.builders import School
from tests.domain.people import named
from tests.web.browsing import Clock
from tests.web.gias_extract import (
    CLOSED,
    CLOSING,
    DAY,
    INTERNAL,
    OPEN,
    SPECIAL,
    TO_OPEN,
    establishment,
    written,
)
from web.bootstrap import Services
from web.gias_meaning import Codes
from web.import_gias import Report, import_gias

URN, NAME = "999102", "Fieldgate Motor Project"


def imported(services: Services, path: Path, *, on: date = DAY, record: tuple[str, ...] = ()) -> Report:
    return import_gias(path, on, services, record=record)


def facts(services: Services) -> tuple[list[ProviderRegistrationVerified], list[ProviderRegistrationLapsed]]:
    """The checks and lapses that imports recorded."""
    record = services.application.look_up(Provider, named("provider"))
    checks = [fact for fact in record.every(ProviderRegistrationVerified) if fact.entered_from is Source.IMPORT]
    return checks, list(record.every(ProviderRegistrationLapsed))


def entries(services: Services) -> int:
    return services.log.size()


def test_an_open_school_is_verified_on_the_day_of_the_extract_by_the_service_itself(
    services: Services, tmp_path: Path
) -> None:
    report = imported(services, written(tmp_path, establishment(URN, NAME)))
    (check,), ended = facts(services)
    assert (report.rows, report.verified, report.problems, report.ended, ended) == (3, 1, [], [], [])
    assert (check.checked_on, check.status, check.identifier) == (DAY, RegisterStatus.OPEN, URN)
    assert check.regime is Regime.REGISTERED_INDEPENDENT_URN
    assert check.actor.role is Role.SYSTEM
    assert check.source == (
        "Get Information about Schools, public extract of 9 September 2026:"
        " Other independent school (code 11), Open (code 1)"
    )


def test_the_same_extract_again_under_any_name_adds_nothing(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path, establishment(URN, NAME, CLOSED, close="01-09-2026"))
    imported(services, path)
    before = entries(services)
    again = imported(services, path.rename(tmp_path / "renamed.csv"))
    assert (entries(services), again.verified, again.already) == (before, 0, 1)
    assert [one.recorded for one in again.ended] == [False]
    assert audit(services.log, services.subjects).finding is None


def test_a_later_extract_adds_no_second_end_of_the_same_registration(services: Services, tmp_path: Path) -> None:
    row = establishment(URN, NAME, CLOSED, close="01-09-2026")
    imported(services, written(tmp_path, row))
    before = entries(services)
    later = DAY + timedelta(days=1)
    imported(services, written(tmp_path, row, on=later), on=later)
    assert entries(services) == before


@pytest.mark.parametrize(("closes", "status"), [("08-09-2026", CLOSED), ("08/09/2026", OPEN), ("09-09-2026", CLOSING)])
def test_a_school_that_closed_by_then_lapses_on_its_closing_date(
    services: Services, tmp_path: Path, closes: str, status: str
) -> None:
    report = imported(services, written(tmp_path, establishment(URN, NAME, status, close=closes)))
    (check,), (lapse,) = facts(services)
    assert lapse.effective_on == date(2026, 9, int(closes[:2])) == report.ended[0].ended_on
    assert check.status is RegisterStatus.CLOSED
    assert "public extract of 9 September 2026" in str(lapse.how_known)


def test_a_closed_school_without_a_closing_date_lapses_on_the_day_of_the_extract(
    services: Services, tmp_path: Path
) -> None:
    imported(services, written(tmp_path, establishment(URN, NAME, CLOSED)))
    assert [lapse.effective_on for lapse in facts(services)[1]] == [DAY]


def test_a_school_that_closes_tomorrow_is_registered_today_and_the_day_is_told(
    services: Services, tmp_path: Path
) -> None:
    report = imported(services, written(tmp_path, establishment(URN, NAME, CLOSING, close="10-09-2026")))
    assert facts(services)[0][0].status is RegisterStatus.OPEN_PROPOSED_TO_CLOSE
    assert (report.ended, report.closing) == (
        [],
        ["Fieldgate Motor Project (demo) (999102) is to close on 10 September 2026"],
    )


def test_an_end_of_registration_names_the_running_placements_it_touches_and_stops_new_decisions(
    services: Services, clock: Clock, tmp_path: Path
) -> None:
    school = School(services.application)
    school.enter("approve_placement")
    school.enter("start_placement")
    clock.now = datetime(2026, 9, 21, 9, tzinfo=UTC)
    on = date(2026, 9, 20)
    report = imported(services, written(tmp_path, establishment(URN, NAME, CLOSED, close="18-09-2026"), on=on), on=on)
    assert [one.placement_id for one in report.ended[0].placements] == [named("placement")]
    position = services.catch_up()
    with services.read.reading() as connection:
        before, after = (
            registrations_of(connection, [named("provider")], day, position)[named("provider")]
            for day in (date(2026, 9, 17), date(2026, 9, 19))
        )
    assert (before.lapsed, after.lapsed, after.since) == (False, True, date(2026, 9, 18))


def test_an_approval_after_the_extract_said_closed_is_refused(services: Services, tmp_path: Path) -> None:
    imported(services, written(tmp_path, establishment(URN, NAME, CLOSED, close="08-09-2026")))
    with pytest.raises(DecisionRefused, match="register said closed"):
        School(services.application).enter("approve_placement")


@pytest.mark.parametrize(("status", "codes", "meant"), [
    (OPEN, "10 11", Codes.NEITHER),
    (OPEN, f"{INTERNAL[OPEN]} 9", Codes.INTERNAL),
    (CLOSING, f"{INTERNAL[CLOSING]} 9", Codes.INTERNAL),
    (CLOSING, "3 10", Codes.PUBLIC),
])  # fmt: skip
def test_the_name_decides_whosever_codes_stand_beside_it(
    services: Services, tmp_path: Path, status: str, codes: str, meant: Codes
) -> None:
    report = imported(services, written(tmp_path, establishment(URN, NAME, status, kind=SPECIAL, codes=codes)))
    (check,), ended = facts(services)
    assert (check.regime, report.codes, ended) == (Regime.REGISTERED_INDEPENDENT_URN, {meant}, [])
    assert f"(code {codes.split()[1]})" in check.source


def test_internal_code_3_means_closed_where_the_name_says_so(services: Services, tmp_path: Path) -> None:
    imported(services, written(tmp_path, establishment(URN, NAME, CLOSED, kind=SPECIAL, codes="3 9")))
    assert facts(services)[0][0].status is RegisterStatus.CLOSED


def test_columns_in_any_order_give_the_same(services: Services, tmp_path: Path) -> None:
    report = imported(services, written(tmp_path, establishment(URN, NAME), shuffled=True))
    assert report.verified == 1


def test_a_number_of_another_school_is_told_and_never_recorded(services: Services, tmp_path: Path) -> None:
    before = entries(services)
    report = imported(services, written(tmp_path, establishment(URN, "Saint Osyth Œcumenical School", CLOSED)))
    assert entries(services) == before
    assert "“Saint Osyth Œcumenical School”, so the number was mis-keyed" in report.problems[0].reason


@pytest.mark.parametrize(("row", "reason"), [
    (establishment("999103", NAME), "it is not in this extract"),
    (establishment(URN, NAME, TO_OPEN), "only proposed to open"),
    (establishment(URN, NAME, "Pending"), "its status is “Pending”"),
    (establishment(URN, NAME, kind="Children's centre"), "no school in England"),
    (establishment(URN, NAME, close="09-31-2026"), "“09-31-2026” is no day"),
    (establishment(URN, NAME, kind="Online provider", accredited_until="31-08-2026"), "accreditation ran out"),
])  # fmt: skip
def test_what_is_no_registration_is_told_and_not_recorded(
    services: Services, tmp_path: Path, row: dict[str, str], reason: str
) -> None:
    before = entries(services)
    (problem,) = imported(services, written(tmp_path, row)).problems
    assert reason in problem.reason
    assert entries(services) == before


def test_two_rows_of_one_number_count_once_if_alike_and_not_at_all_if_they_differ(
    services: Services, tmp_path: Path
) -> None:
    row = establishment(URN, NAME)
    differing = imported(services, written(tmp_path, row, establishment(URN, NAME, CLOSED)))
    assert "2 times and not the same" in differing.problems[0].reason
    assert facts(services) == ([], [])
    assert imported(services, written(tmp_path, row, row)).verified == 1


def test_a_college_is_found_by_its_ukprn_whose_closed_predecessor_does_not_count(
    services: Services, tmp_path: Path
) -> None:
    college = {"kind": "Further education", "ukprn": "19990077"}
    School(services.application).enter(
        "verify_provider_registration", regime=Regime.FE_UKPRN, identifier="19990077",
    )  # fmt: skip
    rows = (
        establishment("999201", NAME, CLOSED, close="01-08-2024", **college),
        establishment("999202", NAME, **college),
    )
    assert imported(services, written(tmp_path, *rows)).verified == 1
    assert facts(services)[0][0].regime is Regime.FE_UKPRN


def test_a_corrected_number_is_the_one_that_is_looked_up(services: Services, tmp_path: Path) -> None:
    School(services.application).enter("verify_provider_registration", identifier="999120")
    report = imported(services, written(tmp_path, establishment("999120", NAME), establishment(URN, NAME, CLOSED)))
    assert (report.verified, report.ended) == (1, [])


def test_a_new_provider_is_recorded_with_its_address_once(services: Services, tmp_path: Path) -> None:
    path = written(
        tmp_path, establishment(URN, NAME), establishment("999300", "Pupil Œuvre Studio", kind="Pupil referral unit")
    )
    assert imported(services, path, record=("999300",)).recorded == ["Pupil Œuvre Studio (999300)"]
    position = services.catch_up()
    with services.read.reading() as connection:
        (new,) = (one for one in providers(connection, position) if one.name == "Pupil Œuvre Studio")
        (site,) = sites(connection, position, provider_id=new.provider_id)
    assert (site.kind.value, site.address) == ("pru_ap_academy", "3 Fieldgate Yard, Marlmouth, ZZ9 9ZZ")
    assert site.telephone == "01632960999"
    before = entries(services)
    assert "on record already" in imported(services, path, record=("999300",)).problems[0].reason
    assert entries(services) == before


def test_a_closed_school_is_not_recorded_as_a_new_provider(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path, establishment(URN, NAME), establishment("999300", "The Studio", CLOSED))
    before = entries(services)
    report = imported(services, path, record=("999300", "999399"))
    assert entries(services) == before + 1
    assert [problem.number for problem in report.problems] == ["999300", "999399"]


def test_a_dry_run_says_what_it_would_record_and_records_nothing(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path, establishment(URN, NAME, CLOSED), establishment("999300", "The Studio"))
    before = entries(services)
    report = import_gias(path, DAY, services, record=("999300",), dry_run=True)
    assert (report.verified, [one.recorded for one in report.ended], report.recorded) == (
        1,
        [True],
        ["The Studio (999300)"],
    )
    assert entries(services) == before


def test_a_file_saved_anew_in_utf_8_is_read_as_such_and_told_of(services: Services, tmp_path: Path) -> None:
    School(services.application).enter("record_provider", id=named("other"), name="Café Œillet")
    known = {"id": named("other"), "identifier": "999400"}
    School(services.application).enter("verify_provider_registration", **known)
    path = written(tmp_path, establishment(URN, NAME), establishment("999400", "Café Œillet"), encoding="utf-8-sig")
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
    report = imported(services, path)
    assert (report.utf8, report.verified, report.problems) == (True, 2, [])


def test_the_command_speaks_in_sentences_without_names_of_pupils_and_leaves_the_record_whole(
    demo_copy: Path, tmp_path: Path
) -> None:
    rows = (
        establishment("999101", "Sallow Lane Academy", CLOSED, close=f"{TODAY:%d-%m-%Y}", kind="Pupil referral unit"),
        establishment("999102", "Some Other Place"),
    )
    path = written(tmp_path, *rows, on=TODAY)
    told = command(path, demo_copy)
    assert told.returncode == 1, told.stderr
    assert "Sallow Lane Academy, 999101: registration ended on" in told.stdout
    assert re.search(r"^  placement [0-9a-f-]{36}, \d+ \w+ \d{4} to ", told.stdout, re.MULTILINE)
    assert "Whitethorn Studio School, 999102: there it is “Some Other Place”" in told.stdout
    unnamed = command(path.rename(tmp_path / "x.csv"), demo_copy)
    assert (unnamed.returncode, "Give --date" in unnamed.stderr) == (1, True)


def command(path: Path, data: Path) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "web", "import-gias", str(path), "--data", str(data)]
    return subprocess.run(arguments, check=False, cwd=ROOT, capture_output=True, text=True)
