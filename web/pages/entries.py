"""One entry: what was entered, by whom, whether it is unaltered, and what to take away to check it elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flask import Response, url_for

from domain.events import EvidenceExported, ExistingPlacementAdded, PlacingAuthorityConsentRequested, RecordRead
from domain.vocabulary import Session
from ledger.log import NoCheckpoint
from ledger.policy import format_policy
from ledger.proof import format_proof
from ledger.stored_leaf import StoredLeaf
from ledger.witnessed import checkpoint_over, newest_checkpoint
from projections.chronology import Entry, entry
from projections.entries import entry_row
from web import evidence, words
from web.checking import check
from web.desk import Desk
from web.errors import Forbidden, Missing
from web.naming import Names
from web.pages.readings import MAY_SEE
from web.pages.taking_evidence import download
from web.rendering import Page
from web.telling import Told, by_line, code, told

_COLUMNS = ("label", "text")
_SAID = (
    "topic", "recorded_at", "received_on", "actor_id", "actor_role", "actor_organisation", "basis_kind", "basis_ref",
    "actor_name", "actor_title", "entered_from", "erased",
)  # fmt: skip
_MOST_SHOWN = 50


@dataclass(frozen=True)
class Recorded:
    """One entry of a receipt, and what it is about in a line."""

    leaf: StoredLeaf
    about: str


def show(desk: Desk, index: int) -> Page:
    """One entry in words, and its check made now."""
    leaf, found = _find(desk, index)
    names = Names(desk)
    said = told(found, names) if found else ()
    checked = check(desk, leaf)
    shows = {
        "index": index,
        "entry": found,
        "names": names,
        "title": words.title(leaf.topic),
        "said": said,
        "by": by_line(found) if found else "The service itself, automatically",
        "leaf": leaf,
        "checked": checked,
        "last": desk.services.log.size() - 1,
    }
    data = {
        "entry": index,
        "title": shows["title"],
        "said": said,
        "by": shows["by"],
        "happened_on": found.happened_on if found else None,
        "received_on": found.received_on if found else None,
        "recorded_at": found.recorded_at if found else None,
        "entered_from": found.entered_from if found else None,
        "fingerprint": leaf.leaf_hash.hex(),
        "corrects": None if found is None or found.corrects is None else found.corrects - 1,
        "corrected_by": None if found is None or found.corrected_by is None else found.corrected_by - 1,
        "relied_on": {} if found is None else {str(stream): version for stream, version in found.relied_on.items()},
        "check": checked,
    }
    rows = [{"label": one.label, "text": flatten(one)} for one in said]
    return Page("entries/show.html", f"Entry {index}", shows, data, rows, _COLUMNS)


def receipt(desk: Desk, index: int, count: int) -> Page:
    """The receipt for what was just recorded: reference, time and fingerprint, to print or keep."""
    log = desk.services.log
    if not 0 < count <= log.size() - index:
        raise Missing("There is no such receipt.")
    leaf, found = _find(desk, index)
    shown = list(log.leaves(index, index + min(count, _MOST_SHOWN)))
    recorded = list(_recorded(desk, shown))
    shows = {
        "index": index,
        "count": count,
        "leaves": recorded,
        "entry": found,
        "title": words.title(leaf.topic),
        "back": _back(found),
        "again": _again(found),
    }
    rows = [{"entry": one.leaf.index, "fingerprint": one.leaf.leaf_hash.hex(), "kind": one.about} for one in recorded]
    return Page("entries/receipt.html", "Recorded", shows, rows, rows, ("entry", "kind", "fingerprint"))


def _recorded(desk: Desk, leaves: Sequence[StoredLeaf]) -> Iterator[Recorded]:
    """Each entry with what it says happened, about whom, and of a session which code."""
    found = [entry(desk.connection, leaf.index + 1, desk.known_at) for leaf in leaves]
    names = Names(desk)
    names.learn_pupils({one.pupil_id for one in found if one is not None and one.pupil_id is not None})
    for leaf, one in zip(leaves, found, strict=True):
        said = [words.title(leaf.topic)]
        if one is not None and one.pupil_id is not None:
            said.append(names.pupil(one.pupil_id))
        if one is not None and "session" in one.facts:
            said.append(f"{words.day(one.facts['day'])}, {words.say(Session(one.facts['session'])).lower()}")
            letter = one.facts.get("amended_code", one.facts.get("code"))
            said += [code(letter)] if isinstance(letter, str) else []
        yield Recorded(leaf, ": ".join((said[0], "; ".join(said[1:]))) if said[1:] else said[0])


def proof(desk: Desk, index: int) -> Response:
    """The proof that the entry is in the signed record, as one small file (c2sp.org/tlog-proof).

    It holds fingerprints only, so it is given of a reading too.
    """
    _leaf(desk, index)
    log, witnessing = desk.services.log, desk.services.witnessing
    kept = None if witnessing is None else witnessing.cosignatures
    try:
        proven = log.proof(index, checkpoint_over(log, kept, index))
    except NoCheckpoint:
        desk.services.checkpointer.publish()
        proven = log.proof(index, checkpoint_over(log, kept, index))
    response = Response(format_proof(proven), mimetype="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="entry-{index}.tlog-proof"'
    return response


def entry_evidence(desk: Desk, index: int) -> Response:
    """One entry's evidence file."""
    _find(desk, index)
    return download(f"entry-{index}.zip", lambda out: evidence.write_entry(desk.services, index, out))


def newest_signature(desk: Desk) -> Response:
    """The newest signature of the whole record (c2sp.org/tlog-checkpoint), with its witnesses' so far."""
    log, witnessing = desk.services.log, desk.services.witnessing
    newest = newest_checkpoint(log, None if witnessing is None else witnessing.cosignatures)
    return Response(newest, mimetype="text/plain; charset=utf-8")


def policy(desk: Desk) -> Response:
    """The policy that trusts this record's keys and its witnesses (c2sp.org/tlog-policy), for whoever decides to."""
    response = Response(format_policy(desk.services.policy), mimetype="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="policy.txt"'
    return response


def flatten(one: Told) -> str:
    """A field in one line, whatever it holds."""
    if not one.parts:
        return one.text
    return "; ".join(", ".join(f"{part.label}: {flatten(part)}" for part in parts) for parts in one.parts)


def _find(desk: Desk, index: int) -> tuple[StoredLeaf, Entry | None]:
    """The entry as stored and as known; an entry of the service's own has no row.

    Raises:
        Forbidden: where it says who looked, and whoever asks may not see that (DESIGN §6).
    """
    leaf = _leaf(desk, index)
    if leaf.topic in {RecordRead.TOPIC, EvidenceExported.TOPIC} and desk.officer.actor.role not in MAY_SEE:
        able = ", ".join(sorted(words.say(role) for role in MAY_SEE))
        raise Forbidden(f"This entry says who looked at pupils' records, or took them. Those who may see it: {able}.")
    found = entry(desk.connection, index + 1, desk.known_at)
    return leaf, None if found is None else _as_stored(desk, found)


def _leaf(desk: Desk, index: int) -> StoredLeaf:
    """The entry as stored."""
    if index >= min(desk.known_at, desk.services.log.size()):
        raise Missing(f"There is no entry {index}." if not desk.travelled else f"There was no entry {index} yet.")
    return desk.services.log.leaf(index)


def _as_stored(desk: Desk, found: Entry) -> Entry:
    """The entry in the words that were signed, not those of the read model, which whoever holds it can change."""
    [(_, fact)] = desk.services.source(found.position - 1, 1)
    row = entry_row(found.position, fact)
    said = {name: row[name] for name in _SAID}
    return replace(found, **said, facts=json.loads(row["facts"]), relied_on=dict(fact.relied_on))


def _again(found: Entry | None) -> str | None:
    """The form for the next one from the same pile of paper, with what is likely the same."""
    if found is None or found.topic != ExistingPlacementAdded.TOPIC:
        return None
    same = ("site_id", "started_on", "proposed_end", "arranged_by")
    return url_for("placement.add-existing", **{name: found.facts[name] for name in same if found.facts.get(name)})


def _back(found: Entry | None) -> tuple[str, str]:
    """Where the person who recorded it most likely goes next."""
    if found is not None and found.topic.startswith("attendance."):
        return url_for("register", day=found.facts.get("day")), "Go back to the register"
    if found is not None and found.topic == PlacingAuthorityConsentRequested.TOPIC:
        address = url_for("consent_request", record_id=found.placement_id, number=found.facts["number"])
        return address, "Go to the text for the e-mail"
    if found is not None and found.topic.startswith("office-holder."):
        return url_for("offices"), "Go to the offices"
    if found is not None and found.topic.startswith("delegation."):
        return url_for("delegations"), "Go to the delegations"
    for noun in ("placement", "pupil", "provider"):
        record_id = getattr(found, f"{noun}_id", None)
        if record_id is not None:
            return url_for(noun, record_id=record_id), f"Go to the {noun}"
    return url_for("home"), "Go to the first page"
