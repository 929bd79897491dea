"""The folder of a ledger: making a new one, and knowing whether a folder holds one, a demo's or a real one's.

`ledger.json` is written last, so a folder that has it is whole; one that has keys but not it was interrupted.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Any, TypeGuard

from ledger import enrolment, keys
from ledger.enrolment import LogContinued, Making
from ledger.errors import LedgerError
from ledger.factory import LedgerFactory
from ledger.places import LedgerMisconfigured
from ledger.token_keys import TokenSettings
from projections.database import ReadDatabase

PASSPHRASE = "PLACEMENT_LEDGER_PASSPHRASE"  # noqa: S105 - the name of a setting
PASSPHRASE_FILE = "PLACEMENT_LEDGER_PASSPHRASE_FILE"  # noqa: S105 - the name of a setting
DEMO = "demo.placement-ledger.example/"
"""What the permanent name of every demo starts with, and of no other ledger."""

SERVERS = ("postgresql://", "postgres://")
"""How the address of a database on a server begins."""

RESTORED = ".restored"
"""Where a restored ledger lies, whole and checked, while its files are moved into their folder."""

_SHORTEST_PASSPHRASE = 12


class NoLedger(LedgerError):
    """The folder holds no ledger, or half of one."""


class LedgerExists(LedgerError):
    """The folder already holds something; a ledger is never overwritten."""


class RestoreUnfinished(LedgerError):
    """A restore was interrupted while its files were moved into the folder."""


class NoPassphrase(LedgerError):
    """The passphrase is not given, or too short."""


@dataclass(frozen=True)
class About:
    """What `ledger.json` says: the name in every entry, whether it is a demo, the key that checks checkpoints."""

    origin: str
    demo: bool
    vkey: str
    created: str


def found(
    data: Path,
    origin: str,
    passphrase: str,
    *,
    at: datetime,
    database: str | None = None,
    subjects: str | None = None,
    continues: Mapping[str, Any] | None = None,
    token: TokenSettings | None = None,
) -> About:
    """Make an empty ledger: keys, the database with the entry key enrolled at `at`, and `ledger.json`.

    With a token, the keys that sign are made on it. One that `continues` another has that one's last word in its
    second entry: the facts of a `LogContinued`.

    Raises:
        LedgerExists: where the folder holds anything, or the database any entry.
        NoPassphrase: where the passphrase is shorter than 12 characters.
        DatabaseUnreachable: where the database is on a server that is not there; nothing is left in the folder.
    """
    demo = origin.startswith(DEMO)
    refuse_short(passphrase)
    if data.exists() and any(data.iterdir()):
        raise LedgerExists(f"There is already something in {data}; a ledger is never made over another.")
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        made = keys.create(data / "keys", passphrase, origin, token)
        with closing(LedgerFactory(settings(data, database, passphrase, subjects, token=token))) as factory:
            recorder = factory.ledger_recorder()
            if recorder.max_notification_id() is not None:
                raise LedgerExists("That database holds entries already; give each ledger a database of its own.")
            forget_rows(data, database)  # what pages read of a ledger that was in this database before
            enrolment.enrol(recorder, made, at)
            if continues is not None:
                enrolment.record(recorder, origin, [Making(origin, 1, at).event(LogContinued, **continues)])
    except LedgerError:  # the folder was empty, and keys that signed nothing are nobody's
        shutil.rmtree(data / "keys", ignore_errors=True)
        for path in data.glob("*.sqlite*"):
            path.unlink()
        raise
    if demo:  # what it protects is invented, so that the demo may open its own keys
        _write(data / "passphrase", passphrase)
    about = About(origin, demo, made.vkey, datetime.now(UTC).isoformat(timespec="seconds"))
    _write(data / "ledger.json", json.dumps(asdict(about), indent=1) + "\n")
    return about


def renew_vkey(data: Path, vkey: str) -> None:
    """Keep beside the ledger under which key its whole record is signed; a backup is checked by it."""
    about = read(data)
    if about.vkey != vkey:
        _write(data / "ledger.json.new", json.dumps(asdict(replace(about, vkey=vkey)), indent=1) + "\n")
        (data / "ledger.json.new").replace(data / "ledger.json")


def refuse_short(passphrase: str) -> None:
    """Refuse a passphrase that is too short to protect anything.

    Raises:
        NoPassphrase: where it is shorter than 12 characters.
    """
    if len(passphrase) < _SHORTEST_PASSPHRASE:
        raise NoPassphrase(
            f"The passphrase needs at least {_SHORTEST_PASSPHRASE} characters; it is all that protects the keys."
        )


def read(data: Path) -> About:
    """What a folder holds.

    Raises:
        NoLedger: where it holds no ledger, or one whose making was interrupted.
        RestoreUnfinished: where a restore was interrupted at its very end.
    """
    if (data / RESTORED).exists():
        raise RestoreUnfinished(
            f"Restoring a backup into {data} was interrupted. Give the same command again: it goes on from there."
        )
    try:
        about = About(**json.loads((data / "ledger.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        if (data / "keys" / "master.json").exists():
            raise NoLedger(
                f"Making the ledger in {data} was interrupted. Look at that folder and remove it, then make it again."
            ) from None
        raise NoLedger(f"There is no ledger in {data}. Make one with init, or a demo with demo.") from None
    except (ValueError, TypeError) as error:
        raise NoLedger(f"{data / 'ledger.json'} is damaged; restore it from the backup.") from error
    return about


def passphrase(data: Path, about: About, environment: Mapping[str, str]) -> str:
    """What opens the ledger's keys: a demo's own file, else the setting.

    Raises:
        NoPassphrase: where it is not there.
    """
    if about.demo:
        try:
            return (data / "passphrase").read_text(encoding="utf-8")
        except FileNotFoundError:
            raise NoPassphrase(
                f"{data / 'passphrase'} is gone, so this demo cannot be opened. Remove {data} and start again."
            ) from None
    given = configured_passphrase(environment)
    if not given:
        raise NoPassphrase(
            f"Set {PASSPHRASE} to the passphrase given when this ledger was made, or {PASSPHRASE_FILE} to a file that"
            " holds it."
        )
    return given


def configured_passphrase(environment: Mapping[str, str]) -> str:
    """The passphrase as it is set, itself or in a file; empty where it is not.

    Raises:
        NoPassphrase: where it is set twice, or others may read the file.
    """
    given, named = environment.get(PASSPHRASE, ""), environment.get(PASSPHRASE_FILE, "")
    if given and named:
        raise NoPassphrase(f"Both {PASSPHRASE} and {PASSPHRASE_FILE} are set. Leave one of them out.")
    return secret_in(Path(named), PASSPHRASE_FILE, environment) if named else given


def secret_in(path: Path, setting: str, environment: Mapping[str, str]) -> str:
    """What the file that a setting names holds, but for a newline at its end.

    Raises:
        NoPassphrase: where others may read it, nobody can, or it is empty.
    """
    credentials = environment.get("CREDENTIALS_DIRECTORY", "")
    try:
        mode = path.stat().st_mode
        # systemd gives a credential's file to one account by an access list, which shows in the group's bits.
        others = 0o007 if credentials and path.resolve().is_relative_to(Path(credentials).resolve()) else 0o077
        if mode & others:
            raise NoPassphrase(f"Others may read {path}, named by {setting}. Take that away: chmod 600 {path}")
        text = path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        raise NoPassphrase(f"{path}, named by {setting}, cannot be read: {error.strerror}.") from error
    if not text:
        raise NoPassphrase(f"{path}, named by {setting}, is empty.")
    return text


def on_server(database: str | None) -> TypeGuard[str]:
    """Whether this is a PostgreSQL database, and not a file."""
    return database is not None and database.startswith(SERVERS)


def database_path(data: Path, database: str | None) -> Path:
    """In which file the entries lie, where it is one."""
    return Path(database.removeprefix("sqlite:///")) if database else data / "ledger.sqlite"


def read_address(data: Path, database: str | None) -> str:
    """Where what the pages read lies: beside the entries on a server, so that every machine sees it, else in a file."""
    return database if on_server(database) else f"sqlite:///{(data / 'read.sqlite').resolve()}"


def forget_rows(data: Path, database: str | None) -> None:
    """Have the next start make what the pages read anew, where it lies beside the entries of whatever ledger."""
    if on_server(database):
        with closing(ReadDatabase(read_address(data, database))) as read:
            read.forget()


def settings(
    data: Path,
    database: str | None,
    passphrase: str,
    subjects: str | None = None,
    lock: str | None = None,
    *,
    token: TokenSettings | None = None,
) -> dict[str, str]:
    """What the ledger's factory is configured with.

    Raises:
        LedgerMisconfigured: where entries would lie in one database with the keys or with the checkpoint lock.
    """
    if subjects is not None and subjects == database:
        raise LedgerMisconfigured(
            "The subjects' keys must not lie in the entries' own database: its backups would keep what is erased."
        )
    if lock is not None and lock == database:
        raise LedgerMisconfigured(
            "The checkpoint lock must not lie in the entries' own database: putting an old one back would go unnoticed."
        )
    named = {"LEDGER_DATABASE": database, "LEDGER_SUBJECTS": subjects, "LEDGER_CHECKPOINT_LOCK": lock}
    if token is not None:
        named |= {"LEDGER_TOKEN_MODULE": token.module, "LEDGER_TOKEN": token.label, "LEDGER_TOKEN_PIN": token.pin}
    given = {name: address for name, address in named.items() if address}
    return {"LEDGER_DATA": str(data), "LEDGER_PASSPHRASE": passphrase, **given}


def demo_origin() -> str:
    """A name for a new demo; each has its own, since no two logs may share one."""
    return DEMO + token_hex(8)


def invent_passphrase() -> str:
    """A passphrase for a demo."""
    return token_urlsafe(24)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
