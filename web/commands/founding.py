"""`init` and `demo`: making a ledger, empty or with the fictional school group in it."""

from __future__ import annotations

import fcntl
import os
import shutil
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from domain.values import LONDON
from ledger import keys, token_keys
from web import founding, token
from web.bootstrap import open_services
from web.commands.asking import new_passphrase
from web.commands.opening import opened
from web.commands.speaking import Failed, progress, say
from web.continuing import last_word
from web.demo import writing
from web.demo.plan import SEED, WHOLE, Size, plan
from web.demo.script import Step

_MAKING, _MADE = ".making", ".made"


def init(options: Namespace) -> int:
    """Make an empty ledger and say what to keep safe."""
    if options.origin.startswith(founding.DEMO):
        raise Failed(f"A name that starts with {founding.DEMO} is a demo's; give this ledger its own.")
    given = founding.configured_passphrase(os.environ) or new_passphrase(
        "A passphrase for the new ledger's keys", f"Set {founding.PASSPHRASE} to it, or run init at a terminal."
    )
    about = founding.found(
        options.data,
        options.origin,
        given,
        at=_now(),
        database=options.database,
        subjects=options.subjects,
        continues=None if options.continues is None else last_word(options.continues),
        token=token_keys.required(token.configured(os.environ)) if options.token else None,
    )
    code = keys.renew_recovery_code(options.data / "keys", given)
    say(
        f"An empty ledger is in {options.data}.\n"
        f"Its verifier key, to give to whoever shall check its evidence files:\n\n  {about.vkey}\n\n"
        f"Its recovery code, with which the passphrase can be set anew; shown this once:\n\n  {code}\n\n"
        "Print it, seal it in an envelope and have two people keep it; docs/operating.md says how. Keep\n"
        "the passphrase apart from it, and backups (python3 web backup FILE) apart from both.",
        asdict(about) | {"recovery_code": code},
        as_json=options.json,
    )
    return 0


def demo(options: Namespace) -> int:
    """Make the demo."""
    began = _now()
    size = Size(options.pupils, options.days)
    today = began.astimezone(LONDON).date()
    make_demo(options.data, today, size=size, database=options.database, subjects=options.subjects)
    took = (_now() - began).total_seconds()
    with opened(options) as services:
        entries = services.log.size()
    say(
        f"The demo is in {options.data}: {entries:,} entries, all of them invented, made in {took:.0f} s.",
        {"data": options.data, "entries": entries, "seconds": round(took, 1)},
        as_json=options.json,
    )
    return 0


def make_demo(
    data: Path,
    today: date,
    *,
    size: Size = WHOLE,
    seed: int = SEED,
    database: str | None = None,
    subjects: str | None = None,
) -> None:
    """Make the demo beside its place and move it there when it is whole.

    Raises:
        LedgerExists: where the folder holds anything.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(data):
        if not (data / _MADE).exists():
            if any(not path.name.startswith(".") for path in data.iterdir()):
                raise founding.LedgerExists(
                    f"There is already something in {data}. Remove it to make the demo anew, or name another folder."
                )
            shutil.rmtree(data / _MAKING, ignore_errors=True)  # a start that was interrupted
            _write_demo(data / _MAKING, plan(today, size, seed), database, subjects)
            (data / _MAKING).rename(data / _MADE)
        _move_in(data)


def _move_in(data: Path) -> None:
    """Move a whole demo from beside its place into it, `ledger.json` last; taken up again where it was interrupted."""
    made = data / _MADE
    for path in sorted(made.iterdir(), key=lambda path: path.name == "ledger.json"):
        path.rename(data / path.name)
    made.rmdir()


def _write_demo(data: Path, steps: Sequence[Step], database: str | None, subjects: str | None) -> None:
    origin, passphrase = founding.demo_origin(), founding.invent_passphrase()
    # Enrolled in the demo's own past: what was known at an instant is judged by the latest time recorded up to there.
    enrolled = steps[0].at - timedelta(hours=1)
    founding.found(data, origin, passphrase, at=enrolled, database=database, subjects=subjects)
    with closing(open_services(data, database, passphrase, _now, subjects=subjects)) as services:
        with progress("Writing the demo", writing.entries(steps), " entries") as bar:
            writing.write(services.application, steps, bar.update)
        services.checkpointer.publish()
        services.catch_up()


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold off another start that makes the same demo."""
    with (data / ".making.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _now() -> datetime:
    return datetime.now(UTC)
