"""The library's own recorder contract tests, run on ours: whatever it promises applications holds here too."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.tests import persistence as contract

from ledger.keys import FileEntrySigner
from ledger.recorder import LedgerRecorder
from tests import postgres
from tests.ledger.ledgers import open_datastore, open_recorder


class OnOurs:
    """Gives each contract test a fresh database and closes it afterwards."""

    addCleanup: Any  # noqa: N815 - unittest's name
    enterContext: Any  # noqa: N815 - the same

    def address(self) -> str | None:
        """Return the address of an empty PostgreSQL database, or None for an SQLite file."""
        return None

    def create_recorder(self) -> LedgerRecorder:
        """Make a recorder with a key of its own."""
        folder = self.enterContext(tempfile.TemporaryDirectory())
        datastore = open_datastore(Path(folder), self.address())
        self.addCleanup(datastore.close)
        recorder = open_recorder(datastore, FileEntrySigner(Ed25519PrivateKey.generate()))
        recorder.create_table()
        return recorder


class OnPostgres(OnOurs):
    """The same on PostgreSQL."""

    def address(self) -> str:
        """Return the address of an empty PostgreSQL database."""
        return str(self.enterContext(postgres.fresh_database()))


class TestApplicationRecorder(OnOurs, contract.ApplicationRecorderTestCase[ApplicationRecorder]):
    """Our recorder keeps the promises of an application recorder."""


class TestApplicationRecorderOnPostgres(OnPostgres, contract.ApplicationRecorderTestCase[ApplicationRecorder]):
    """The same on PostgreSQL, with subscriptions."""

    def test_insert_subscribe(self) -> None:
        """What is recorded reaches who subscribed."""
        self.optional_test_insert_subscribe()


class TestNonInterleavingIDs(OnOurs, contract.NonInterleavingNotificationIDsBaseCase):
    """Batches recorded at once do not mix."""


class TestNonInterleavingIDsOnPostgres(OnPostgres, contract.NonInterleavingNotificationIDsBaseCase):
    """The same on PostgreSQL."""


class TestProcessRecorder(OnOurs, contract.ProcessRecorderTestCase):
    """Events and tracking are recorded together or not at all."""


class TestProcessRecorderOnPostgres(OnPostgres, contract.ProcessRecorderTestCase):
    """The same on PostgreSQL."""
