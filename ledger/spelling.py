"""The one spelling of what is signed: what could be written in two ways is written in one, or refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec


def instant(value: datetime) -> str:
    """Spell an instant in UTC with six decimals and Z, whatever offset it came with."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def spelt(value: Any) -> Any:
    """Return a value as JSON values, with every instant in it, however deep, in its one spelling."""
    plain = msgspec.to_builtins(value, builtin_types=(datetime,))
    if isinstance(plain, dict):
        return {key: spelt(part) for key, part in plain.items()}
    if isinstance(plain, list | tuple):
        return list(map(spelt, plain))
    return instant(plain) if isinstance(plain, datetime) else plain


def holds(info: object, kind: type[msgspec.inspect.Type]) -> bool:
    """Return whether a type is of a kind, or anything that it is made of."""
    if isinstance(info, kind):
        return True
    if isinstance(info, tuple):
        return any(holds(part, kind) for part in info)
    if isinstance(info, msgspec.inspect.Type | msgspec.inspect.Field):
        return any(holds(getattr(info, name), kind) for name in info.__struct_fields__)
    return False
