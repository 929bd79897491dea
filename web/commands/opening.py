"""Opening the ledger that a command names, for as long as the command runs."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from web import founding, token
from web.bootstrap import Services, open_services


@contextmanager
def opened(options: Namespace) -> Iterator[Services]:
    """The services of the ledger in `--data`, closed at the end.

    Raises:
        NoLedger, NoPassphrase, WrongPassphrase, KeysMissing, KeyNotEnrolled: each one sentence that says what to do.
        SettingsMissing: where the token with its keys is half set.
        DatabaseUnreachable: where its database is on a server that is not there.
    """
    about = founding.read(options.data)
    passphrase = founding.passphrase(options.data, about, os.environ)
    services = open_services(
        options.data,
        options.database,
        passphrase,
        lambda: datetime.now(UTC),
        subjects=options.subjects,
        lock=options.checkpoint_lock,
        token=token.configured(os.environ),
    )
    try:
        yield services
    finally:
        services.close()
