"""The daily digest: its very words, whom it names and how, who gets it and who got it already."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from domain.rules.due.item import HEAD
from domain.vocabulary import Role
from projections.needs_doing import needs_doing
from projections.schools import School, schools
from tests.domain.people import day
from tests.web.mail_server import mail_server
from tests.web.test_cli import web
from web.actions import STAFF
from web.bootstrap import Services
from web.commands.digesting import SENT
from web.digest import Digest, compose
from web.recipients import Recipient, RecipientsWrong, read

ADDRESS = "https://ap.school.example"
GOLDEN = """\
Head teacher, Rowan Hill School (demo)

1 thing needs doing on 10 September 2026; 0 now.

WHO DECIDED, AND ON WHOSE CONSENT (1)

Soon  RH-001 (W.A.): The placement waits for the Head Teacher's decision; it
      is proposed from 14 September 2026.
      Due 14 September 2026. https://ap.school.example/placements/{placement}

All of it, up to date: https://ap.school.example/needs-doing
Pupils appear by their school's reference and initials. Names are on the pages.
"""


def composed(services: Services, role: Role, on: str) -> Digest:
    known_at = services.catch_up()
    with services.read.reading() as connection:
        (school,) = schools(connection, known_at)
        return compose(Recipient(school, role, None), needs_doing(connection, day(on), known_at), day(on), ADDRESS)


def test_the_digest_says_exactly_this(services: Services) -> None:
    found = composed(services, Role.HEAD_TEACHER, "09-10")
    placement = re.findall(r"/placements/([0-9a-f-]{36})", found.text)
    assert len(placement) == 1
    assert found.text == GOLDEN.format(placement=placement[0])
    assert found.subject == "What needs doing on 10 September 2026: 1 thing, 0 now (Rowan Hill School (demo))"


@pytest.mark.parametrize("role", sorted(STAFF))
def test_no_digest_names_a_pupil_and_no_subject_speaks_of_one(services: Services, role: Role) -> None:
    for on in ("09-10", "12-01", "12-30"):
        found = composed(services, role, on)
        for word in ("Wren", "Ashby", "A000000000000"):
            assert word not in found.text + found.subject
        assert "RH-001" not in found.subject
        assert all(line.startswith("      ") or len(line) <= 80 for line in found.text.splitlines())


def test_a_tier_is_told_of_in_its_first_fifteen_things_and_the_rest_in_a_number_and_a_link(services: Services) -> None:
    known_at = services.catch_up()
    with services.read.reading() as connection:
        (school,) = schools(connection, known_at)
        one = next(item for item in needs_doing(connection, day("09-10"), known_at) if item.due.owners[0] in HEAD)
    found = compose(Recipient(school, Role.HEAD_TEACHER, None), [one] * 40, day("09-10"), ADDRESS)
    assert found.text.count(one.due.sentence[:30]) == len(found.items) == 15
    assert f"      and 25 more: {ADDRESS}/needs-doing" in found.text
    assert "40 things need doing" in found.text


def test_a_role_that_is_none_is_answered_with_those_there_are(ledger: Path) -> None:
    done = web("digest", "--data", str(ledger), "--for", "headteacher")
    assert done.returncode != 0
    assert "one of the roles ap_lead, attendance_officer" in done.stderr


def test_what_is_printed_says_whence_the_address_of_its_links_comes(ledger: Path) -> None:
    done = web("digest", "--data", str(ledger), "--for", "head_teacher")
    assert "Links lead to http://localhost:8000: the setting PLACEMENT_LEDGER_ADDRESS says" in done.stdout


def test_who_has_nothing_to_do_is_told_so(services: Services) -> None:
    found = composed(services, Role.SENCO, "09-10")
    assert "Nothing waits for you on 10 September 2026." in found.text
    assert "0 things, 0 now" in found.subject


def written(folder: Path, *lines: str, head: str = "urn,role,address") -> Path:
    path = folder / "recipients.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


KNOWN = {"999001": School(day, "Rowan Hill School", "999001", 1)}  # type: ignore[arg-type]  # its id is not looked at


def test_a_file_of_recipients_says_who_gets_which_roles_digest(tmp_path: Path) -> None:
    file = written(tmp_path, "999001,dsl,dsl@school.example", "999001, senco ,senco@school.example")
    found = read(file, KNOWN, STAFF)
    assert [(one.role, one.address) for one in found] == [
        (Role.DSL, "dsl@school.example"), (Role.SENCO, "senco@school.example"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["999009,dsl,a@b.example"], "Line 2: no school here has the URN '999009'; there is 999001."),
        (["999001,inspector_ofsted,a@b.example"], "is no role that gets a digest"),
        (["999001,dsl,somebody"], "'somebody' is no e-mail address"),
        (["999001,dsl,a@b.example\\r\\nBcc: c@d.example"], "is no e-mail address"),
        ([], "needs the columns urn, role, address"),
    ],
    ids=["unknown school", "a visitor", "no address", "a header smuggled in", "empty"],
)
def test_a_wrong_line_is_named_with_what_would_be_right(tmp_path: Path, lines: list[str], says: str) -> None:
    with pytest.raises(RecipientsWrong) as wrong:
        read(written(tmp_path, *lines), KNOWN, STAFF)
    assert says in str(wrong.value)


@pytest.fixture
def ledger(services: Services) -> Path:
    """A ledger that commands may open: a demo's, which has its own passphrase beside it."""
    return services.data


def settings(tmp_path: Path, port: int) -> dict[str, str]:
    file = written(tmp_path, *(f"999001,{role},{role}@school.example" for role in ("head_teacher", "dsl")))
    return {
        "PLACEMENT_LEDGER_SMTP_HOST": "localhost",
        "PLACEMENT_LEDGER_SMTP_PORT": str(port),
        "PLACEMENT_LEDGER_SMTP_FROM": "ap@school.example",
        "PLACEMENT_LEDGER_ADDRESS": ADDRESS,
        "PLACEMENT_LEDGER_RECIPIENTS": str(file),
    }


def test_it_is_sent_once_a_day_to_each_and_again_only_when_asked(ledger: Path, tmp_path: Path) -> None:
    with mail_server() as box:
        given = settings(tmp_path, box.port)
        first = web("digest", "--data", ledger, "--send", **given)
        assert (first.returncode, first.stderr) == (0, "")
        assert first.stdout.splitlines() == ["Sent to head_teacher@school.example.", "Sent to dsl@school.example."]
        second = web("digest", "--data", ledger, "--send", **given)
        assert second.returncode == 1
        assert "Not sent to dsl@school.example: has had today's digest already" in second.stdout
        again = web("digest", "--data", ledger, "--send", "--again", "--for", "dsl", "--json", **given)
        assert again.returncode == 0
        assert [one["address"] for one in json.loads(again.stdout)["sent"]] == ["dsl@school.example"]
    assert [letter["To"].split("@")[0] for letter in box.letters] == ["head_teacher", "dsl", "dsl"]
    assert re.match(r"What needs doing on .*\(Rowan Hill School \(demo\)\)$", box.letters[0]["Subject"])
    kept = ledger / SENT
    assert "@" not in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


def test_whoever_was_refused_is_named_and_gets_it_at_the_next_try(ledger: Path, tmp_path: Path) -> None:
    with mail_server() as box:
        box.refuses = "head_teacher@school.example"
        given = settings(tmp_path, box.port)
        done = web("digest", "--data", ledger, "--send", **given)
        assert done.returncode == 1
        assert done.stdout.splitlines()[0] == "Sent to dsl@school.example."
        assert "Not sent to head_teacher@school.example: the mail server refused the address" in done.stdout
        box.refuses = ""
        tried = web("digest", "--data", ledger, "--send", "--for", "head_teacher", **given)
        assert (tried.returncode, tried.stdout.strip()) == (0, "Sent to head_teacher@school.example.")


def test_a_server_that_is_down_sends_nothing_and_exits_with_one(ledger: Path, tmp_path: Path) -> None:
    with mail_server() as box:
        given = settings(tmp_path, box.port)
    done = web("digest", "--data", ledger, "--send", **given)
    assert done.returncode == 1
    assert done.stdout.count("cannot be reached") == 2
    assert not (ledger / SENT).exists()


def test_it_is_printed_for_a_role_without_any_setting(ledger: Path) -> None:
    done = web("digest", "--data", ledger, "--for", "head_teacher")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Subject: What needs doing on ")
    nobody = web("digest", "--data", ledger, "--for", "nobody@school.example")
    assert nobody.returncode == 1
    assert "Nobody gets a digest for 'nobody@school.example'" in nobody.stderr


def test_without_settings_nothing_is_sent_and_every_missing_one_is_named(ledger: Path) -> None:
    done = web("digest", "--data", ledger, "--send")
    assert done.returncode == 1
    assert re.findall(r"PLACEMENT_LEDGER_\w+", done.stderr) == [
        "PLACEMENT_LEDGER_SMTP_HOST", "PLACEMENT_LEDGER_SMTP_FROM", "PLACEMENT_LEDGER_ADDRESS",
        "PLACEMENT_LEDGER_RECIPIENTS",
    ]  # fmt: skip
