"""How the service and its e-mail are set up; made once by whoever starts them, and never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from ledger.errors import LedgerError

UNSIGNED_AT_MOST = timedelta(minutes=1)
"""For how long an entry may wait for its signature while the service is called ready.

It is signed within a second; a database kept busy is waited for up to 30 seconds, and once more after that.
"""


@dataclass(frozen=True)
class Config:
    """What the pages need to know beyond the ledger they serve.

    `run_key` opens the demo's sign-in links and ends with the process. `hosts` are the names the service answers to,
    without a port. `secure` keeps the session cookie to HTTPS; on the loopback address there is none.
    """

    run_key: str
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1")
    secure: bool = False


class SettingsMissing(LedgerError):
    """Some settings are missing or cannot be; the message lists every one of them."""


@dataclass(frozen=True)
class Mail:
    """Through which server e-mail goes out, from whom and to whom, and where its links lead; `timeout` is in seconds.

    Off the loopback address it goes out under TLS only, so that neither the password nor what it says can be read on
    the way. `ca` is a file of certificates to trust besides the machine's own.
    """

    host: str
    port: int
    sender: str
    address: str
    recipients: Path
    starttls: bool = True
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    timeout: float = 20.0


@dataclass(frozen=True)
class TimeStamps:
    """The address of a time-stamping authority (RFC 3161), and a file of roots that its answers must lead to."""

    url: str
    roots: Path


SMTP = "PLACEMENT_LEDGER_SMTP_"
TSA_URL, TSA_ROOTS = "PLACEMENT_LEDGER_TSA_URL", "PLACEMENT_LEDGER_TSA_ROOTS"
ADDRESS = "PLACEMENT_LEDGER_ADDRESS"
RECIPIENTS = "PLACEMENT_LEDGER_RECIPIENTS"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CHOICES = {"yes": True, "no": False}


def mail(environment: Mapping[str, str]) -> Mail:
    """The mail settings of an environment.

    Raises:
        SettingsMissing: naming every setting that is missing or wrong, and what it should be.
    """
    given = {name.removeprefix(SMTP): value.strip() for name, value in environment.items() if name.startswith(SMTP)}
    host, sender = given.get("HOST", ""), given.get("FROM", "")
    address, recipients = (environment.get(name, "").strip() for name in (ADDRESS, RECIPIENTS))
    problems = [
        f"{name} is not set: {what}."
        for name, value, what in (
            (f"{SMTP}HOST", host, "the mail server's name"),
            (f"{SMTP}FROM", sender, "the address that e-mail comes from"),
            (ADDRESS, address, "where the service is reached, such as https://ap.school.example"),
            (RECIPIENTS, recipients, "a CSV file with the columns urn, role and address"),
        )
        if not value
    ]
    if sender and "@" not in sender:
        problems.append(f"{SMTP}FROM is {sender!r}: give an e-mail address.")
    if address and not address.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        problems.append(f"{ADDRESS} is {address!r}: give an address that begins with https://.")
    starttls = _starttls(given, host, problems)
    port = _port(given, 587 if starttls else 25, problems)
    password = _password(given, problems)
    if problems:
        raise SettingsMissing("\n".join(problems))
    ca = Path(given["CA"]) if given.get("CA") else None
    return Mail(
        host, port, sender, address.rstrip("/"), Path(recipients), starttls, given.get("USER") or None, password, ca
    )


def time_stamps(environment: Mapping[str, str]) -> TimeStamps | None:
    """The time-stamping settings of an environment; None where it has none.

    Raises:
        SettingsMissing: where one of the two is missing, or the address cannot be one.
    """
    url, roots = (environment.get(name, "").strip() for name in (TSA_URL, TSA_ROOTS))
    if not url and not roots:
        return None
    if not url.startswith(("http://", "https://")):
        raise SettingsMissing(f"{TSA_URL} is {url!r}: give the authority's address, such as https://tsa.example/tsr.")
    if not roots:
        raise SettingsMissing(f"{TSA_ROOTS} is not set: a PEM file with the root certificate of {url}.")
    return TimeStamps(url, Path(roots))


def _starttls(given: Mapping[str, str], host: str, problems: list[str]) -> bool:
    """TLS unless the server is on this very machine; elsewhere it cannot be switched off."""
    asked = given.get("STARTTLS", "")
    if asked and asked not in _CHOICES:
        problems.append(f"{SMTP}STARTTLS is {asked!r}: say yes or no.")
    if _CHOICES.get(asked) is False and host not in _LOOPBACK:
        problems.append(f"{SMTP}STARTTLS is no, but {host or 'the server'} is another machine: only yes will do there.")
    return _CHOICES.get(asked, host not in _LOOPBACK)


def _port(given: Mapping[str, str], usual: int, problems: list[str]) -> int:
    text = given.get("PORT", str(usual))
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    problems.append(f"{SMTP}PORT is {text!r}: give a number from 1 to 65535.")
    return usual


def _password(given: Mapping[str, str], problems: list[str]) -> str | None:
    """The password, or what the file named instead of it holds; only together with a user."""
    password, file = given.get("PASSWORD") or None, given.get("PASSWORD_FILE")
    if password and file:
        problems.append(f"{SMTP}PASSWORD and {SMTP}PASSWORD_FILE are both set: give one.")
    elif file:
        try:
            password = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError):
            problems.append(f"{SMTP}PASSWORD_FILE is {file!r}, which cannot be read.")
            return None
    if bool(password) != bool(given.get("USER")):
        problems.append(f"{SMTP}USER and {SMTP}PASSWORD go together: give both or neither.")
    return password
