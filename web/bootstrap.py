"""The one composition root: where keys, log, application, checkpointer and read models of one ledger meet.

Everything outside (pages, commands, tests) asks `open_services` for what it needs and closes it again. Nothing here
reads the environment or a clock of its own: settings and clock are handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from domain.application import AlternativeProvision
from ledger.attachments import Attachments
from ledger.checkpointer import Checkpointer
from ledger.factory import LedgerFactory
from ledger.keys import Keys
from ledger.log import Log
from ledger.places import Places
from ledger.policy import Policy, trust_logs
from ledger.subjects import SubjectKeys
from ledger.token_keys import TokenSettings
from ledger.witnessed import Cosignatures, read_witness_policy
from ledger.witnessing import Witnessing
from projections import catch_up
from projections.database import ReadDatabase
from web import founding
from web.drafts import Drafts
from web.drawer import Drawer
from web.staging import StagedFiles

WITNESSES = "witnesses.txt"


@dataclass(frozen=True)
class Services:
    """What one opened ledger offers; `close` it when done."""

    data: Path
    about: founding.About
    application: AlternativeProvision
    log: Log
    checkpointer: Checkpointer
    read: ReadDatabase
    keys: Keys
    places: Places
    subjects: SubjectKeys
    attachments: Attachments
    drawer: Drawer
    drafts: Drafts
    staged: StagedFiles
    witnessing: Witnessing | None
    clock: Callable[[], datetime]

    @property
    def policy(self) -> Policy:
        """The policy that trusts this ledger's keys in force, and its witnesses where it has any."""
        return trust_logs(self.keys.in_force) if self.witnessing is None else self.witnessing.cosignatures.policy

    def catch_up(self) -> int:
        """Bring the read models up to the newest entry; returns the position reached."""
        return catch_up.catch_up(self.read, self.source)

    def rebuild(self, progress: Callable[[int], object]) -> int:
        """Make the read models again from the first entry, then swap; returns the position reached."""
        return catch_up.rebuild(self.read, self.source, progress)

    def source(self, after: int, limit: int) -> Sequence[tuple[int, object]]:
        """The facts after a position in order, each with its own; the log's own entries among them."""
        found = self.application.recorder.select_notifications(after, limit, inclusive_of_start=False)
        return [(notification.id, self.application.mapper.to_domain_event(notification)) for notification in found]

    def sign(self) -> bytes:
        """Sign the record as it is now; returns the checkpoint with what its witnesses say of it within seconds."""
        note = self.checkpointer.publish()
        return note if self.witnessing is None else self.witnessing.gather()

    def close(self) -> None:
        """Close every file."""
        self.drawer.close()
        self.read.close()
        self.application.close()


def open_services(
    data: Path,
    database: str | None,
    passphrase: str,
    clock: Callable[[], datetime],
    *,
    subjects: str | None = None,
    lock: str | None = None,
    token: TokenSettings | None = None,
) -> Services:
    """Open the ledger in a folder; its entries, subjects' keys, checkpoint lock and signing keys may lie elsewhere.

    Raises:
        NoLedger, KeysMissing, WrongPassphrase, KeyNotEnrolled: each with one sentence that says what to do.
        PolicyUnusable: where the file that names the witnesses cannot be used.
        DatabaseUnreachable: where one of them is on a server that is not there.
    """
    about = founding.read(data)
    settings: dict[str, Any] = founding.settings(data, database, passphrase, subjects, lock, token=token)
    application = AlternativeProvision({"PERSISTENCE_MODULE": "ledger.factory:LedgerFactory", **settings})
    factory = cast("LedgerFactory", application.factory)  # the module named above has no other
    log = Log(factory.datastore, factory.keys)
    checkpointer = Checkpointer(log, factory.keys, factory.checkpoint_lock)
    read = ReadDatabase(founding.read_address(data, database))
    drawer = Drawer(data / "drafts.sqlite", factory.keys.master)
    return Services(
        data,
        about,
        application,
        log,
        checkpointer,
        read,
        factory.keys,
        factory.places,
        factory.subjects,
        factory.attachments,
        drawer,
        Drafts(drawer),
        StagedFiles(drawer),
        _witnessing(data, log, factory.keys, clock),
        clock,
    )


def _witnessing(data: Path, log: Log, keys: Keys, clock: Callable[[], datetime]) -> Witnessing | None:
    """Ask the witnesses that the folder's `witnesses.txt` names; without one, none."""
    policy = read_witness_policy(data / WITNESSES, keys.in_force)
    return None if policy is None else Witnessing(log, Cosignatures(log, policy), lambda: clock().timestamp())
