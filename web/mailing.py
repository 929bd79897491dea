"""Sending e-mail, each to one person, and knowing who did and who did not get it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from web.config import Mail

_ON_ONE_LINE = SMTP.clone(max_line_length=250)
"""A folded subject would begin with a blank; 998 characters is what the standard allows (RFC 5322)."""


@dataclass(frozen=True)
class Letter:
    """One e-mail to one address."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """Whether a letter was handed to the mail server; `problem` says why not."""

    letter: Letter
    problem: str | None = None


def send(settings: Mail, letters: Sequence[Letter], at: datetime) -> Iterator[Outcome]:
    """Send each letter and say, as soon as it is known, whether the server took it; a refusal of one stops no other."""
    waiting = list(letters)
    try:
        with _connected(settings) as server:
            while waiting:
                yield _sent(server, settings, waiting[0], at)
                waiting.pop(0)
    except (OSError, smtplib.SMTPException) as error:
        where = f"{settings.host}, port {settings.port}"
        for letter in waiting:
            yield Outcome(letter, f"the mail server at {where} {_why(error)}")


@contextmanager
def _connected(settings: Mail) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout) as server:
        if settings.starttls:
            server.starttls(context=ssl.create_default_context(cafile=settings.ca))
        if settings.user is not None and settings.password is not None:
            server.login(settings.user, settings.password)
        yield server


def _sent(server: smtplib.SMTP, settings: Mail, letter: Letter, at: datetime) -> Outcome:
    try:
        server.send_message(_message(settings, letter, at))
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = refused.recipients[letter.to]
        return Outcome(letter, f"the mail server refused the address ({_said(code, said)})")
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
        return Outcome(letter, f"the mail server refused the e-mail ({_said(refused.smtp_code, refused.smtp_error)})")
    return Outcome(letter)


def _message(settings: Mail, letter: Letter, at: datetime) -> EmailMessage:
    message = EmailMessage(policy=_ON_ONE_LINE)
    message["Subject"], message["From"], message["To"] = letter.subject, settings.sender, letter.to
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # so that no absence notice answers it (RFC 3834)
    message.set_content(letter.text)
    return message


def _why(error: OSError | smtplib.SMTPException) -> str:
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib wraps what broke off
        return "did not answer in time"
    match error:
        case ssl.SSLError():
            return "has no certificate that this machine trusts; name it in PLACEMENT_LEDGER_SMTP_CA if it is your own"
        case smtplib.SMTPAuthenticationError():
            return "refused the user or the password"
        case smtplib.SMTPNotSupportedError():
            return f"cannot do what is asked of it: {error}"
        case smtplib.SMTPException():
            return f"broke off: {error}"
    return f"cannot be reached: {error.strerror or error}"


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
