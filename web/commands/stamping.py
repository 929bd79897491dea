"""`timestamp`: have the record as it is now time-stamped by the authority that is set."""

from __future__ import annotations

import os
from argparse import Namespace

from ledger.timestamp import read_roots
from ledger.timestamping import Timestamping
from web.bootstrap import Services
from web.commands.opening import opened
from web.commands.speaking import Failed, say
from web.config import TSA_ROOTS, TSA_URL, time_stamps


def timestamp(options: Namespace) -> int:
    """Sign what was recorded and have it stamped."""
    with opened(options) as services:
        asking = timestamping(services)
        if asking is None:
            raise Failed(f"No time-stamping authority is set: set {TSA_URL} and {TSA_ROOTS}; see docs/operating.md.")
        services.checkpointer.publish()
        at = asking.stamp()
    says = f"The record was stamped: it stood as it is on {at.day} {at:%B %Y at %H:%M:%S} UTC."
    say(says, {"stamped_at": at.isoformat()}, as_json=options.json)
    return 0


def timestamping(services: Services) -> Timestamping | None:
    """What asks the authority that the environment names; None where it names none.

    Raises:
        SettingsMissing, VerificationError, OSError: where what it names cannot be used.
    """
    set_up = time_stamps(os.environ)
    if set_up is None:
        return None
    return Timestamping(services.log, set_up.url, read_roots(set_up.roots.read_bytes()), services.clock)
