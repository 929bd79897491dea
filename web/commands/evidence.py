"""`export-bundle` and `export-tiles`: writing an evidence file, or the whole log for others to keep and check."""

from __future__ import annotations

from argparse import Namespace
from uuid import UUID

from domain.values import LONDON
from ledger.scope import PlacementScope, PupilScope, Stated, WholeScope
from ledger.tile_export import export_tiles as write_tiles
from projections.catch_up import position
from projections.schools import schools
from web import evidence
from web.bootstrap import Services
from web.characters import NotKept, kept
from web.commands.opening import opened
from web.commands.operating import operator, record_looking
from web.commands.speaking import Failed, progress, say


def export_bundle(options: Namespace) -> int:
    """Write what was asked for, with its proofs, to a new file, once it is entered that it is taken."""
    if options.first is None and (options.last or options.school):
        raise Failed("--to and --school go with --from only.")
    try:
        made_for, purpose = kept(options.made_for), kept(options.purpose)
    except NotKept as error:
        raise Failed(f"--for or --purpose cannot be entered. {error}") from None
    with opened(options) as services:
        chosen = evidence.choose(services, _scope(options, services))
        asked = evidence.Asked(operator(services.about.origin), made_for, purpose)
        try:
            with options.file.open("xb") as out, progress("Writing", len(chosen.selection.indices), "entry") as bar:
                record_looking(services, _page(options), chosen.pupils)
                evidence.write(services, chosen, asked, out, bar.update)
        except FileExistsError:
            raise Failed(f"There is already something at {options.file}; it is not written over.") from None
        except OSError as error:
            raise Failed(f"{options.file} cannot be written: {error.strerror}.") from None
        except BaseException:
            options.file.unlink(missing_ok=True)
            raise
    size = options.file.stat().st_size
    say(
        f"Wrote {options.file} ({size:,} bytes). To check it offline, with the policy of whoever checks:\n"
        f"  python3 -m ledger verify {options.file} --policy POLICY",
        {"file": options.file, "bytes": size},
        as_json=options.json,
    )
    return 0


def export_tiles(options: Namespace) -> int:
    """Bring a folder of tiles up to everything recorded; a folder of earlier is added to."""
    with opened(options) as services:
        signed = services.sign()
        with progress("Writing", services.log.size(), " entries") as bar:
            done = write_tiles(services.log, signed, options.folder, bar.update)
    say(
        f"{options.folder} holds {done.entries:,} entries; {done.written:,} files were written. It has no names and no"
        " reasons in it, but ids, dates and roles: it is not for the public. To check it offline:\n"
        f"  python3 -m ledger verify-tiles {options.folder} --policy POLICY",
        {"folder": options.folder, "entries": done.entries, "written": done.written},
        as_json=options.json,
    )
    return 0


def _scope(options: Namespace, services: Services) -> Stated:
    if options.placement is not None:
        return PlacementScope(_reference(options.placement, "placement"))
    if options.pupil is not None:
        return PupilScope(_reference(options.pupil, "pupil"))
    if options.whole:
        return WholeScope()
    last = options.last or services.clock().astimezone(LONDON).date()
    if last < options.first:
        raise Failed("The last day is before the first.")
    return evidence.period(options.first, last, _school(options.school, services))


def _page(options: Namespace) -> str:
    if options.placement is not None:
        return "placement_evidence"
    return "take_evidence" if options.pupil is None else "pupil_evidence"


def _school(name: str | None, services: Services) -> UUID | None:
    if name is None:
        return None
    services.catch_up()
    with services.read.reading() as connection:
        known = {one.name: one.school_id for one in schools(connection, position(connection))}
    if name not in known:
        raise Failed(f"There is no school called {name!r}; there are: {', '.join(sorted(known))}.")
    return known[name]


def _reference(text: str, what: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Failed(f"{text!r} is not a {what}'s reference; it stands in the address of the {what}'s page.") from None
