"""The wall between schools: nobody records about another school's pupil, placement or own provision, in any way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import msgspec

from projections import providers
from projections.placements import school_of_each
from projections.pupils import schools_of
from web.desk import Desk
from web.errors import Forbidden


def refuse_others(desk: Desk, record_id: UUID | None, said: Any = ()) -> None:
    """Refuse to record where the record, or anything said, however deep, is a pupil or placement of another school.

    A provider's record as well, where it is another school's own provision; to name one as who teaches is no harm.

    Raises:
        Forbidden: where a pupil was only ever on other schools' rolls, or a placement or provision is another school's.
    """
    about = set(_references((record_id, said)))
    pupils = schools_of(desk.connection, about, desk.known_at).values()
    placements = school_of_each(desk.connection, about, desk.known_at).values()
    if any(desk.school_id not in schools for schools in pupils):
        raise Forbidden("This is another school's pupil. You can record for your own school only.")
    if any(desk.school_id != school for school in placements):
        raise Forbidden("This is another school's placement. You can record for your own school only.")
    provider = None if record_id is None else providers.provider(desk.connection, record_id, desk.known_at)
    if provider is not None and provider.school_id not in {None, desk.school_id}:
        raise Forbidden("This is another school's own provision. You can record for your own school only.")


def _references(said: Any) -> Iterator[UUID]:
    if isinstance(said, UUID):
        yield said
    elif isinstance(said, msgspec.Struct):
        yield from _references(msgspec.structs.astuple(said))
    elif isinstance(said, Mapping):
        yield from _references(tuple(said.values()))
    elif isinstance(said, tuple | list):
        for one in said:
            yield from _references(one)
