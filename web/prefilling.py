"""What a form about a placement may start from because it was said before, and what must be there first."""

from __future__ import annotations

from datetime import timedelta

from marshmallow import Schema

from web.choices import Setting, offered
from web.forms import dated

_TO_START = timedelta(days=14)


def known_of(setting: Setting) -> dict[str, str]:
    """What was said when the placement was proposed, as a form's flat names."""
    placement = setting.placement
    if placement is None:
        return {}
    known = {"scope-provider_id": str(placement.provider_id), "site_id": str(placement.site_id)}
    start_from = max(placement.proposed_start, setting.desk.today)
    for name, day in (
        ("start_from", start_from),
        ("start_by", min(start_from + _TO_START, placement.proposed_end)),
        ("starts_on", placement.proposed_start),
        ("ends_on", placement.proposed_end),
        ("scope-starts_on", placement.proposed_start),
        ("scope-ends_on", placement.proposed_end),
        ("valid_to", placement.proposed_end),
    ):
        known.update(dated(name, day))
    return known


def plan_missing(schema: Schema, setting: Setting) -> bool:
    """Whether the form asks for a version of a plan that nobody has prepared yet."""
    asks = any(answer.metadata.get("choices") == "plans" for answer in schema.fields.values())
    return asks and not offered("plans", setting)
