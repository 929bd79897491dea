"""What the event-sourcing library asks for a ledger: recorder, mapper and database, built from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eventsourcing.persistence import Mapper, Transcoder
from eventsourcing.sqlite import SQLiteFactory, SQLiteTrackingRecorder
from eventsourcing.utils import Environment, EnvType

from ledger import enrolment, keys
from ledger.attachments import Attachments
from ledger.checkpointer import Checkpointer
from ledger.datastore import LedgerDatastore
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.mapper import SealingMapper
from ledger.recorder import SQLiteLedgerRecorder
from ledger.subjects import SubjectKeys

_SQLITE = "sqlite:///"


class LedgerMisconfigured(LedgerError):
    """A setting that the ledger needs is missing or makes no sense."""


class LedgerFactory(SQLiteFactory):
    """Builds one ledger from `LEDGER_DATA` (its folder), `LEDGER_PASSPHRASE` and, optionally, `LEDGER_DATABASE`.

    The folder holds `keys/`, `subjects.sqlite`, `checkpoint.lock` and, unless `LEDGER_DATABASE` names another file
    (`sqlite:///path`), `ledger.sqlite`.
    """

    def __init__(self, env: Environment | EnvType | None) -> None:
        super(SQLiteFactory, self).__init__(env)
        self.data = Path(self._setting("LEDGER_DATA"))
        self.keys = keys.open(self.data / "keys", self._setting("LEDGER_PASSPHRASE"))
        self.subjects = SubjectKeys(self.data / "subjects.sqlite", self.keys.master)
        self.datastore: LedgerDatastore = LedgerDatastore(self._database())
        self.attachments = Attachments(self.datastore, self.keys.origin, self.subjects)

    def sealing_mapper(self, topics: Mapping[str, type[Any]]) -> SealingMapper:
        """Build the mapper for these event classes by topic, and the ledger's own; no other class is ever resolved."""
        return SealingMapper({**topics, **enrolment.TOPICS}, self.keys.origin, self.subjects)

    def mapper(
        self,
        transcoder: Transcoder | None = None,  # noqa: ARG002 - the library's signature
        mapper_class: type[Mapper[Any]] | None = None,  # noqa: ARG002 - the same
    ) -> Mapper[Any]:
        """Build a mapper that knows the ledger's own events only; an application asks for `sealing_mapper`."""
        return self.sealing_mapper({})

    def ledger_recorder(self) -> SQLiteLedgerRecorder:
        """Build the recorder without asking whether the entry key is enrolled: for `init`, which enrols it."""
        recorder = SQLiteLedgerRecorder(self.datastore, self.keys.entry, self.attachments)
        if self.env_create_table():
            recorder.create_table()
        return recorder

    def application_recorder(self) -> SQLiteLedgerRecorder:
        """Build the recorder of a ledger in service.

        Raises:
            KeyNotEnrolled: where the entry key is not in the log, so that nothing it signs would verify.
            LedgerDiverged: where that is because signed entries are missing, as from an emptied database.
        """
        recorder = self.ledger_recorder()
        try:
            enrolment.require(recorder, self.keys)
        except enrolment.KeyNotEnrolled:
            Checkpointer(Log(self.datastore, self.keys), self.keys, self.data / "checkpoint.lock").require_entries()
            raise
        return recorder

    process_recorder = application_recorder

    def tracking_recorder(
        self,
        tracking_recorder_class: type[SQLiteTrackingRecorder] | None = None,  # noqa: ARG002 - the library's signature
    ) -> SQLiteTrackingRecorder:
        """Refuse: read models keep their positions in the read database."""
        raise LedgerMisconfigured("Read models track their position in the read database, not in the ledger's.")

    def close(self) -> None:
        """Close both files and forget every key."""
        super().close()
        self.subjects.close()

    def _setting(self, name: str) -> str:
        value = self.env.get(name)
        if not value:
            raise LedgerMisconfigured(f"{name} is not set; the ledger cannot start without it.")
        return value

    def _database(self) -> str:
        url = self.env.get("LEDGER_DATABASE")
        if not url:
            return str(self.data / "ledger.sqlite")
        if not url.startswith(_SQLITE):
            raise LedgerMisconfigured(f"LEDGER_DATABASE must look like {_SQLITE}path; {url!r} does not.")
        return url.removeprefix(_SQLITE)
