"""What the last check of the whole record found, kept beside the ledger and authenticated with the ledger's own key.

An attacker who holds the database gains nothing by this file, nor one who holds the file: without the master key
they can remove it or put an older one back, and pages then say that nothing was checked, or how long ago.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from ledger.audit import AuditReport
from web import words

FILE = "last-audit.json"
OLD_AFTER_DAYS = 7
_PURPOSE = b"placement ledger: result of an audit, 1\0"


@dataclass(frozen=True)
class LastAudit:
    """When, by which version of the cryptography library, how far and with what result."""

    at: str
    by: str
    origin: str
    entries: int
    root: str
    problem: str | None
    entry: int | None
    kind: str | None


def keep(data: Path, master: bytes, origin: str, report: AuditReport, now: datetime) -> None:
    """Write down what an audit found, in place of what the one before found; a crash leaves the one or the other."""
    finding = report.finding
    found = (None, None, None) if finding is None else (finding.problem, finding.index, finding.kind)
    by = f"cryptography {metadata.version('cryptography')}"
    result = asdict(LastAudit(now.astimezone(UTC).isoformat(), by, origin, report.entries, report.root.hex(), *found))
    scratch = data / f"{FILE}.{os.getpid()}"
    with scratch.open("w", encoding="utf-8") as file:
        json.dump({"result": result, "mac": _mac(master, result)}, file)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(data / FILE)


def read(data: Path, master: bytes, origin: str) -> LastAudit | None:
    """Return what the last audit found; None where there was none, or what is there is not what this ledger wrote."""
    try:
        kept = json.loads((data / FILE).read_bytes())
        result = kept["result"]
        genuine = hmac.compare_digest(str(kept["mac"]).encode(), _mac(master, result).encode())
        return LastAudit(**result) if genuine and result["origin"] == origin else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def sentence(last: LastAudit | None, now: datetime) -> str:
    """What pages say of the whole record, never without its age."""
    if last is None:
        return "The whole record has not been checked on this machine."
    at = datetime.fromisoformat(last.at)
    when = f"{words.moment(at)}, {_age((now - at).days)}"
    if last.problem is not None:
        where = "" if last.entry is None else f" at entry {last.entry}"
        return (
            f"The whole record was found to be changed{where} ({when}). Do not rely on what is shown; tell whoever runs"
            " this service."
        )
    again = " That is long ago: ask for it to be checked again." if (now - at).days > OLD_AFTER_DAYS else ""
    return (
        f"The whole record was last checked {when}: {last.entries:,} entries, unaltered since they were entered.{again}"
    )


def _age(days: int) -> str:
    if days < 0:
        return "which is in the future: the clock is wrong"
    return "today" if days == 0 else f"{days} day{'s' if days > 1 else ''} ago"


def _mac(master: bytes, result: object) -> str:
    key = hmac.digest(master, _PURPOSE, sha256)
    return hmac.new(key, json.dumps(result, sort_keys=True).encode(), sha256).hexdigest()
