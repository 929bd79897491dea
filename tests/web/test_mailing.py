"""E-mail goes out through a real server: under TLS with a password, and whoever did not get it is named."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.web.mail_server import PASSWORD, USER, certified, mail_server
from web.config import Mail, SettingsMissing, mail
from web.mailing import Letter, Outcome, send

AT = datetime(2026, 9, 10, 6, tzinfo=UTC)


def letter(who: str) -> Letter:
    return Letter(f"{who}@school.example", f"For {who}", f"What {who} has to do: nothing — today.\n")


HEAD, LEAD = letter("head"), letter("lead")
WHOLE = {
    "PLACEMENT_LEDGER_SMTP_HOST": "mail.school.example",
    "PLACEMENT_LEDGER_SMTP_FROM": "ap@school.example",
    "PLACEMENT_LEDGER_ADDRESS": "https://ap.school.example/",
    "PLACEMENT_LEDGER_RECIPIENTS": "/srv/recipients.csv",
}


def settings(port: int, **changes: object) -> Mail:
    usual = {"starttls": False, "timeout": 5.0}
    return Mail("localhost", port, "ap@school.example", "https://ap.school.example", Path("r.csv"), **usual | changes)


def sent(given: Mail, *letters: Letter) -> list[Outcome]:
    return list(send(given, letters, AT))


def test_a_letter_arrives_whole_and_says_that_a_machine_sent_it() -> None:
    with mail_server() as box:
        assert sent(settings(box.port), HEAD, LEAD) == [Outcome(HEAD), Outcome(LEAD)]
    first, second = box.letters
    assert (first["To"], second["To"]) == ("head@school.example", "lead@school.example")
    assert first["Subject"] == "For head"
    assert first["From"] == "ap@school.example"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content().replace("\r\n", "\n") == HEAD.text
    assert first["Message-ID"] != second["Message-ID"]


def test_the_server_is_reached_under_tls_with_a_password(tmp_path: Path) -> None:
    certificate = certified(tmp_path)
    with mail_server(certificate) as box:
        good = settings(box.port, starttls=True, ca=certificate[0], user=USER, password=PASSWORD)
        assert sent(good, HEAD) == [Outcome(HEAD)]
    assert [letter["To"] for letter in box.letters] == ["head@school.example"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"ca": None}, "no certificate that this machine trusts"),
        ({"password": "another"}, "refused the user or the password"),
        ({"starttls": False}, "cannot do what is asked of it"),
    ],
    ids=["unknown certificate", "wrong password", "no TLS"],
)
def test_without_trust_password_or_tls_nothing_goes_out(tmp_path: Path, wrong: Mapping[str, object], says: str) -> None:
    certificate = certified(tmp_path)
    with mail_server(certificate) as box:
        right = {"starttls": True, "ca": certificate[0], "user": USER, "password": PASSWORD}
        (outcome,) = sent(settings(box.port, **right | wrong), HEAD)
    assert outcome.problem is not None
    assert says in outcome.problem
    assert not box.letters


def test_one_refused_address_keeps_nobody_else_from_getting_theirs() -> None:
    with mail_server() as box:
        box.refuses = HEAD.to
        refused, taken = sent(settings(box.port), HEAD, LEAD)
    assert refused.problem == "the mail server refused the address (550 5.1.1 no such person here)"
    assert taken == Outcome(LEAD)


def test_a_server_that_is_down_is_named_for_everyone_who_waits() -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outcomes = sent(settings(port), HEAD, LEAD)
    assert [outcome.letter for outcome in outcomes] == [HEAD, LEAD]
    assert all("cannot be reached" in (outcome.problem or "") for outcome in outcomes)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        (outcome,) = sent(settings(silent.getsockname()[1], timeout=0.3), HEAD)
    assert outcome.problem is not None
    assert "did not answer in time" in outcome.problem


def test_settings_that_are_whole_send_under_tls_on_the_usual_port() -> None:
    found = mail(WHOLE)
    assert (found.host, found.port, found.starttls) == ("mail.school.example", 587, True)
    assert found.address == "https://ap.school.example"
    here = mail(WHOLE | {"PLACEMENT_LEDGER_SMTP_HOST": "localhost"})
    assert (here.port, here.starttls) == (25, False)


def test_the_password_may_lie_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("very secret\n")
    given = {"PLACEMENT_LEDGER_SMTP_USER": "digest", "PLACEMENT_LEDGER_SMTP_PASSWORD_FILE": str(file)}
    found = mail(WHOLE | given)
    assert found.password == "very secret"
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"SMTP_PORT": "smtp"}, "PORT is 'smtp': give a number"),
        ({"SMTP_STARTTLS": "maybe"}, "say yes or no"),
        ({"SMTP_STARTTLS": "no"}, "is another machine"),
        ({"SMTP_USER": "digest"}, "go together"),
        ({"SMTP_USER": "digest", "SMTP_PASSWORD": "a", "SMTP_PASSWORD_FILE": "b"}, "are both set"),
        ({"SMTP_USER": "digest", "SMTP_PASSWORD_FILE": "/nowhere/at/all"}, "cannot be read"),
        ({"SMTP_FROM": "school"}, "give an e-mail address"),
        ({"ADDRESS": "http://ap.school.example"}, "begins with https://"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_what_it_should_be(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsMissing, match=says):
        mail(WHOLE | {f"PLACEMENT_LEDGER_{name}": value for name, value in wrong.items()})


def test_all_that_is_missing_is_listed_at_once() -> None:
    with pytest.raises(SettingsMissing) as missing:
        mail({})
    assert [line.split(" ")[0] for line in str(missing.value).splitlines()] == [*WHOLE]
