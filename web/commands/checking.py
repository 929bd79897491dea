"""`audit`, `rebuild` and `check`: is the record whole, are the pages made from it, is everything in order to serve."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from eventsourcing.persistence import InterfaceError, OperationalError

from domain.errors import DomainError
from ledger import keys
from ledger.audit import AuditReport
from ledger.audit import audit as check_whole_log
from ledger.errors import LedgerError
from web import founding, last_audit
from web.commands.opening import opened
from web.commands.speaking import progress, say
from web.damage import put_aside_damaged

_STATIC = Path(__file__).resolve().parent.parent / "static" / "build"
_PACKAGES = ("cryptography", "eventsourcing", "flask", "marshmallow", "msgspec", "sqlalchemy", "waitress")
_LEAST_FREE = 200 * 2**20


def audit(options: Namespace) -> int:
    """Check every entry, commitment, signature and the whole tree against what was last signed, and keep the result.

    0: unaltered. 1: something was changed. 2: could not be checked.
    """
    try:
        report = _checked(options)
    except (LedgerError, OperationalError, InterfaceError, OSError) as wrong:
        print(f"The record could not be checked: {wrong}", file=sys.stderr)
        return 2
    return _tell(report, options)


def _checked(options: Namespace) -> AuditReport:
    with opened(options) as services, progress("Checking", services.log.size(), " entries") as bar:
        report = check_whole_log(
            services.log,
            services.subjects,
            services.checkpointer.locked(),
            lambda done, _: _advance(bar, done),
            services.places,
        )
        last_audit.keep(services.data, services.keys.master, services.log.origin, report, services.clock())
    return report


def _tell(report: AuditReport, options: Namespace) -> int:
    finding = report.finding
    where = "" if finding is None or finding.index is None else f"Entry {finding.index}: "
    said = (
        f"{report.entries:,} entries checked: unaltered since they were entered."
        if finding is None
        else f"{report.entries:,} entries checked. {where}{finding.problem} Do not write on; see docs/operating.md."
    )
    result = {
        "entries": report.entries,
        "erased": report.erased,
        "root": report.root.hex(),
        "unaltered": finding is None,
    }
    problem = {} if finding is None else {"problem": finding.problem, "entry": finding.index, "kind": finding.kind}
    say(said, result | problem, as_json=options.json)
    return 0 if finding is None else 1


def _advance(bar, done: int) -> None:  # type: ignore[no-untyped-def]  # a progress bar of unknown item type
    bar.update(done - bar.n)


def rebuild(options: Namespace) -> int:
    """Make the read models again beside the live ones, then swap; a file that cannot be read is put aside first."""
    put_aside_damaged(options.data / "read.sqlite")
    with opened(options) as services, progress("Rebuilding", services.log.size(), " entries") as bar:
        position = services.rebuild(bar.update)
    say(f"What the pages read was made again from {position:,} entries.", {"position": position}, as_json=options.json)
    return 0


@dataclass(frozen=True)
class _Finding:
    """One thing looked at: in order or not, and what to do where not."""

    what: str
    in_order: bool
    says: str


def check(options: Namespace) -> int:
    """Look at everything that serving needs, and say of each whether it is in order."""
    findings = list(_look(options))
    width = max(len(finding.what) for finding in findings)
    lines = [f"{'ok  ' if one.in_order else 'NO  '}{one.what.ljust(width)}  {one.says}" for one in findings]
    say("\n".join(lines), {"checks": [vars(finding) for finding in findings]}, as_json=options.json)
    return 0 if all(finding.in_order for finding in findings) else 1


def _look(options: Namespace) -> Iterator[_Finding]:
    yield _Finding("Python", sys.version_info >= (3, 11), platform.python_version())
    yield _tried("packages", lambda: ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES))
    built = (_STATIC / "app.css").exists()
    yield _Finding("page styles", built, str(_STATIC) if built else "not built; start once with: python3 web")
    yield _tried("folder", lambda: _writable(options.data))
    yield _tried("ledger", lambda: founding.read(options.data).origin)
    yield _tried("keys", lambda: _keys(options.data))
    yield _tried("restart", lambda: _restart(options.data))
    yield _tried("entries", lambda: _entries(options))
    yield _tried("port", lambda: _free(options.port))


def _tried(what: str, look: Callable[[], str]) -> _Finding:
    try:
        return _Finding(what, True, look())
    except (LedgerError, DomainError, OSError, metadata.PackageNotFoundError) as error:
        return _Finding(what, False, str(error))


def _writable(data: Path) -> str:
    if not data.is_dir():
        raise founding.NoLedger(f"{data} is not there")
    with tempfile.NamedTemporaryFile(dir=data):
        free = shutil.disk_usage(data).free
    if free < _LEAST_FREE:
        raise OSError(f"{data}: only {free // 2**20} MB free; make room before serving")
    return f"{data}: writable, {free // 2**30} GB free"


def _keys(data: Path) -> str:
    opened_keys = keys.open(data / "keys", founding.passphrase(data, founding.read(data), os.environ))
    return f"open; entries are signed by {opened_keys.entry.key_id}"


def _restart(data: Path) -> str:
    """Whether a start without anybody there opens the keys; what cannot be opened at all is said above."""
    if founding.read(data).demo:
        return "unattended: a demo opens its own keys"
    named = os.environ.get(founding.PASSPHRASE_FILE)
    if named and founding.configured_passphrase(os.environ):
        return f"unattended: the passphrase is read from {named}"
    return f"only where {founding.PASSPHRASE} is set anew; name a file in {founding.PASSPHRASE_FILE} to be independent"


def _entries(options: Namespace) -> str:
    with opened(options) as services:
        locked = services.checkpointer.locked()
        return (
            f"{services.log.size():,}, of which {0 if locked is None else locked.size:,} are under a signed checkpoint"
        )


def _free(port: int) -> str:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
    return f"{port} is free"
