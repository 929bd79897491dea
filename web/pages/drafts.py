"""What a person began and has not sent: theirs alone, to go on with or to discard."""

from __future__ import annotations

from uuid import UUID

from flask import Response, redirect, request, url_for

from web.desk import Desk
from web.drawer import KEPT_FOR
from web.errors import Missing
from web.rendering import Page, paged

_COLUMNS = ("title", "about", "began_at", "kept_at", "address")


def listing(desk: Desk) -> Page:
    """Every draft of the person who asks."""
    found = desk.drafts.all()
    rows = [{name: getattr(draft, name) for name in _COLUMNS} for draft in found]
    shows = {"list": paged(found), "days": KEPT_FOR.days}
    return Page("drafts.html", "Drafts", shows, rows, rows, _COLUMNS)


def discard(desk: Desk, draft_id: UUID) -> Response:
    """Throw a draft away, and lead back to its form, empty, or to the others."""
    draft = desk.drafts.get(draft_id)
    if draft is None:
        raise Missing("There is no such draft. It may have been sent or discarded.")
    desk.drafts.discard(draft)
    return redirect(draft.address if request.form.get("from") == "form" else url_for("drafts"), 303)
