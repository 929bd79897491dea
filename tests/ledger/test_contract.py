"""The library's own recorder contract tests, run on ours: whatever it promises applications holds here too."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.tests import persistence as contract

from ledger.keys import FileEntrySigner
from ledger.sqlite import SQLiteLedgerDatastore, SQLiteLedgerRecorder


class OnOurs:
    """Gives each contract test a fresh database and closes it afterwards."""

    addCleanup: Any  # noqa: N815 - unittest's name

    def create_recorder(self) -> SQLiteLedgerRecorder:
        """Make a recorder with a key of its own."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        datastore = SQLiteLedgerDatastore(str(Path(folder.name) / "ledger.sqlite"))
        self.addCleanup(datastore.close)
        recorder = SQLiteLedgerRecorder(datastore, FileEntrySigner(Ed25519PrivateKey.generate()))
        recorder.create_table()
        return recorder


class TestApplicationRecorder(OnOurs, contract.ApplicationRecorderTestCase[ApplicationRecorder]):
    """Our recorder keeps the promises of an application recorder."""


class TestNonInterleavingIDs(OnOurs, contract.NonInterleavingNotificationIDsBaseCase):
    """Batches recorded at once do not mix."""


class TestProcessRecorder(OnOurs, contract.ProcessRecorderTestCase):
    """Events and tracking are recorded together or not at all."""
