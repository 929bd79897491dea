"""What the event-sourcing library asks for a ledger: recorder, mapper and database, built from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from eventsourcing.persistence import AggregateRecorder, InfrastructureFactory, Mapper, TrackingRecorder, Transcoder
from eventsourcing.utils import Environment, EnvType, strtobool

from ledger import enrolment, keys, rotation
from ledger.attachments import Attachments
from ledger.checkpointer import Checkpointer
from ledger.datastore import Datastore
from ledger.errors import LedgerError, VerificationError
from ledger.log import Log
from ledger.mapper import SealingMapper
from ledger.places import SQLITE, LedgerMisconfigured, Places, open_datastore
from ledger.postgres_recorder import PostgresLedgerRecorder
from ledger.recorder import LedgerRecorder
from ledger.sqlite import SQLiteLedgerDatastore, SQLiteLedgerRecorder
from ledger.stored_leaf import RowMalformed
from ledger.subjects import SubjectKeys
from ledger.token_keys import TokenSettings


class DatabaseOfAnother(LedgerError):
    """The database holds another ledger's entries."""


class LedgerFactory(InfrastructureFactory[TrackingRecorder]):
    """Builds one ledger from `LEDGER_DATA` (its folder) and `LEDGER_PASSPHRASE`.

    Where keys lie on a token, `LEDGER_TOKEN_MODULE`, `LEDGER_TOKEN` and `LEDGER_TOKEN_PIN` say how it is reached.

    The folder holds `keys/`, `checkpoint.lock`, and `ledger.sqlite` and `subjects.sqlite` unless `LEDGER_DATABASE` and
    `LEDGER_SUBJECTS` name another file (`sqlite:///path`) or a PostgreSQL database (`postgresql://…`).
    """

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        self.data = Path(self._setting("LEDGER_DATA"))
        self.keys = keys.open(self.data / "keys", self._setting("LEDGER_PASSPHRASE"), self._token())
        self.places = Places(
            self.env.get("LEDGER_DATABASE") or f"{SQLITE}{self.data / 'ledger.sqlite'}",
            self.env.get("LEDGER_SUBJECTS") or self.data / "subjects.sqlite",
            self.keys.master,
        )
        self.subjects = SubjectKeys(self.places.subjects, self.keys.master)
        self.datastore, self._recorder_class = self._database()
        self._recorders: list[LedgerRecorder] = []
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

    def ledger_recorder(self) -> LedgerRecorder:
        """Build the recorder without asking whether the entry key is enrolled: for `init`, which enrols it."""
        recorder = self._recorder_class(self.datastore, self.keys.entry, self.attachments)
        self._recorders.append(recorder)
        if strtobool(self.env.get("CREATE_TABLE") or "yes"):
            recorder.create_table()
        return recorder

    @property
    def checkpoint_lock(self) -> Path | str:
        """Where the ledger remembers what it signed: an address where one is set, else a file in its folder."""
        return self.env.get("LEDGER_CHECKPOINT_LOCK") or self.data / "checkpoint.lock"

    def application_recorder(self) -> LedgerRecorder:
        """Build the recorder of a ledger in service.

        Raises:
            KeyNotEnrolled: where the entry key is not in the log, so that nothing it signs would verify.
            DatabaseOfAnother: where that is because the log is another ledger's.
            LedgerDiverged: where that is because signed entries are missing, as from an emptied database.
        """
        recorder, log = self.ledger_recorder(), Log(self.datastore, self.keys)
        try:
            history = log.key_history()
            settled = rotation.settled(self.data / "keys", self.keys, history)
            enrolment.require(settled, history)
        except (enrolment.KeyNotEnrolled, VerificationError, RowMalformed) as error:
            self._refuse_another(recorder)
            Checkpointer(log, self.keys, self.checkpoint_lock).require_entries()
            raise enrolment.unreadable(error) from error
        if settled != self.keys:
            self.keys = settled
            recorder = self.ledger_recorder()
        recorder.believe(Log(self.datastore, self.keys))
        return recorder

    process_recorder = application_recorder

    def tracking_recorder(
        self,
        tracking_recorder_class: type[TrackingRecorder] | None = None,  # noqa: ARG002 - the library's signature
    ) -> TrackingRecorder:
        """Refuse: read models keep their positions in the read database."""
        raise LedgerMisconfigured("Read models track their position in the read database, not in the ledger's.")

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Refuse: what is kept outside the log, as snapshots are, is not signed."""
        raise LedgerMisconfigured(f"The ledger keeps no {purpose} outside its log.")

    def close(self) -> None:
        """Record what is on its way, close both databases and forget every key."""
        for recorder in self._recorders:
            recorder.close()
        self.datastore.close()
        self.subjects.close()

    def _refuse_another(self, recorder: LedgerRecorder) -> None:
        for first in recorder.select_notifications(1, 1):
            with suppress(msgspec.MsgspecError, KeyError, TypeError):  # where it cannot be read, it names nobody
                origin = msgspec.json.decode(first.state)["origin"]
                if origin != self.keys.origin:
                    raise DatabaseOfAnother(f"The database holds the ledger {origin}, not {self.keys.origin}.")

    def _setting(self, name: str) -> str:
        value = self.env.get(name)
        if not value:
            raise LedgerMisconfigured(f"{name} is not set; the ledger cannot start without it.")
        return value

    def _token(self) -> TokenSettings | None:
        if not self.env.get("LEDGER_TOKEN_MODULE"):
            return None
        return TokenSettings(*map(self._setting, ("LEDGER_TOKEN_MODULE", "LEDGER_TOKEN", "LEDGER_TOKEN_PIN")))

    def _database(self) -> tuple[Datastore, type[LedgerRecorder]]:
        datastore = open_datastore(self.places.entries)
        if isinstance(datastore, SQLiteLedgerDatastore):
            return datastore, SQLiteLedgerRecorder
        return datastore, PostgresLedgerRecorder
