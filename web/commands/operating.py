"""Whoever runs a command on this machine is a reader too: what a command gives out of pupils is recorded first."""

from __future__ import annotations

import getpass
from collections.abc import Collection
from uuid import UUID, uuid4, uuid5

from domain.values import Actor, Basis, Officer, Submission
from domain.vocabulary import BasisKind, Role
from web.bootstrap import Services

_OPERATORS = UUID("0f2b6a7e-8c53-4f0e-9a55-3f1f6f0f8f6d")


def record_looking(services: Services, page: str, pupils: Collection[UUID]) -> None:
    """Record, in the name of the account that runs the command, whose records it is about to give out."""
    if not pupils:
        return
    services.application.record_reading(
        uuid4(),
        page=page,
        form="file",
        pupils=tuple(sorted(pupils)),
        submission=Submission(operator(services.about.origin), services.clock()),
    )
    services.checkpointer.publish()


def operator(origin: str) -> Officer:
    """The account that runs the command, as one who acts."""
    account = getpass.getuser()
    actor = Actor(uuid5(_OPERATORS, f"{origin} {account}"), Role.SYSTEM, None, Basis(BasisKind.SYSTEM))
    return Officer(actor, account, "Account on the service's own machine")
