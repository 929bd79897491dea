"""`import-gias`: looking every provider up in the public extract of Get Information about Schools."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import date

from domain.values import LONDON
from web import words
from web.commands.opening import opened
from web.commands.speaking import Failed, progress, say
from web.gias_file import date_of
from web.gias_meaning import Codes
from web.import_gias import Ended, Report
from web.import_gias import import_gias as look_up
from web.register_file import FileRefused

_CODES = {
    Codes.INTERNAL: "Its codes are the register's own, not those of the public extract; the names beside them counted.",
    Codes.NEITHER: "Some of its codes fit no list we know; the names beside them counted.",
}


def import_gias(options: Namespace) -> int:
    """Verify registrations against an extract, and say which ended and which running placements that touches."""
    if not options.file.is_file():
        raise Failed(f"{options.file} is not a file." if options.file.exists() else f"There is no file {options.file}.")
    on = options.date or date_of(options.file)
    if on is None:
        raise Failed("The name of the file does not say of which day the extract is. Give --date 2026-11-25.")
    with opened(options) as services, progress("Reading", options.file.stat().st_size, "B", scale=True) as bar:
        _refuse_ahead(on, services.clock().astimezone(LONDON).date())
        asked = {"record": options.record, "dry_run": options.dry_run}
        try:
            report = look_up(options.file, on, services, **asked, progress=bar.update)
        except FileRefused as refused:
            raise Failed(f"{options.file}: {refused} Nothing was recorded.") from None
        if not options.dry_run:
            services.checkpointer.publish()
    say(_told(report), asdict(report), as_json=options.json)
    return 1 if report.problems else 0


def _refuse_ahead(on: date, today: date) -> None:
    if on > today:
        raise Failed(f"The extract is of {words.day(on)}, which lies ahead. Give its own day with --date.")


def _told(report: Report) -> str:
    lines = [f"{problem.provider}, {problem.number}: {problem.reason}" for problem in report.problems]
    lines += [f"{one}." for one in report.closing]
    for ended in report.ended:
        lines += _told_end(ended)
    lines += [f"{name} is {'to be ' if report.dry_run else ''}recorded as a new provider." for name in report.recorded]
    if report.utf8:
        lines.append("The file is in UTF-8 and not in Windows-1252 as it is published: some program has saved it anew.")
    lines += [sentence for codes, sentence in _CODES.items() if codes in report.codes]
    return "\n".join([*lines, _counts(report)])


def _counts(report: Report) -> str:
    lapsed = sum(ended.recorded for ended in report.ended)
    counts = (
        f"Extract of {words.day(report.extract_of)}, {report.rows:,} establishments."
        f" Newly looked up: {report.verified}. On record already: {report.already}."
        f" Registrations newly found to have ended: {lapsed}. To look into: {len(report.problems)}."
        f" Without a URN or UKPRN: {report.without_number}."
    )
    return counts + (" Nothing was recorded: this was a dry run." if report.dry_run else "")


def _told_end(ended: Ended) -> list[str]:
    known = "" if ended.recorded else " (already on record)"
    running = len(ended.placements)
    touches = f"it touches {running} running placement{'s' if running != 1 else ''}" if running else "no placement runs"
    lines = [f"{ended.provider}, {ended.number}: registration ended on {words.day(ended.ended_on)}{known}; {touches}."]
    for one in ended.placements:
        until = words.day(one.proposed_end)
        lines += [f"  placement {one.placement_id}, {words.day(one.started_on)} to {until}"]
    return lines
