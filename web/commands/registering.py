"""`import-register`: entering a register that was exported as CSV."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from web.commands.opening import opened
from web.commands.speaking import Failed, progress, say
from web.import_register import Difference, Report
from web.import_register import import_register as enter
from web.register_file import FileRefused


def import_register(options: Namespace) -> int:
    """Enter a file's good rows, or say what is wrong with it."""
    if not options.file.is_file():
        raise Failed(f"{options.file} is not a file." if options.file.exists() else f"There is no file {options.file}.")
    with opened(options) as services, progress("Reading", 2 * options.file.stat().st_size, "B", scale=True) as bar:
        try:
            report = enter(options.file, services, keep_good=options.keep_good, progress=bar.update)
        except FileRefused as refused:
            raise Failed(f"{options.file}: {refused} Nothing was entered.") from None
        services.checkpointer.publish()
    say(_told(report), asdict(report), as_json=options.json)
    return 1 if report.bad else 0


def _told(report: Report) -> str:
    lines = [f"line {problem.line}, {problem.column}: {problem.reason}" for problem in report.problems]
    if report.refused:
        counts = f"{report.bad:,} of {report.rows:,} rows are bad"
        way = "Put them right" + ("." if report.discredited else ", or enter the others with --keep-good.")
        return "\n".join([*lines, f"{counts}, so nothing was entered. {way}"])
    lines += [_told_difference(one) for one in report.differences]
    left = f", {report.bad:,} bad and left out" if report.bad else ""
    counts = (
        f"{report.rows:,} rows: {report.entered:,} entered, {report.already:,} were there already,"
        f" {report.differing:,} differ from what is recorded{left}."
    )
    return "\n".join([*lines, counts])


def _told_difference(one: Difference) -> str:
    return (
        f"line {one.line}: {one.reference}, {one.day} {one.session} is recorded as {one.recorded} and left so;"
        f" the file says {one.file}. Amend it on its page if the file is right."
    )
