"""The check of an evidence file by whoever holds it: no database, no network, no trust in who made it.

    (1) evidence file   every byte of it is where it must be
    (2) policy          it can be read: which logs and witnesses the checker trusts
    (3) checkpoint      a trusted log signed it, under its own name, and the witnesses the policy asks for cosigned it
    (4) history         each earlier checkpoint in the file is by a trusted log too, and the tree only grew since; a
                        time stamp of it leads to a root certificate of the checker's own
    (5) inclusion       each proof ends in the newest checkpoint and leads from its entry to its root
    (6) entry           each entry is in its fixed form and names this log
    (7) signature       each entry is signed by a key that this log had enrolled by then
    (8) disclosure      each disclosure opens one commitment of its entry; each attached file is the one its entry
                        names; what is not disclosed is counted
    (9) scope           records begin at their first entry and have no gap, and nothing about anybody else is there
    (10) completeness   the file holds exactly the entries that the log stated when it was exported
    (11) report         the page that came with the file is the one these entries give

A file of the first form has no earlier checkpoints, no statement and no report: the outcome of those steps says so.
What is established is that the entries are unaltered since they were entered. That does not show that they are true.
Every step reads the entries from the file again, so that a large file needs little memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import IO, TYPE_CHECKING

from ledger import body as bodies
from ledger import completeness, disclosure, merkle, named_files, wording
from ledger import entry as entries
from ledger import report as reports
from ledger.belonging import Placed, check_key_history, check_scope
from ledger.body import Body
from ledger.bundle import Bundle, Item
from ledger.completeness import Statement
from ledger.enrolled import OWN, KeyHistory
from ledger.errors import VerificationError
from ledger.history import check_history
from ledger.named_files import NamedFile
from ledger.policy import Policy, Trusted, open_checkpoint, parse_policy
from ledger.program import program
from ledger.proof import parse_proof
from ledger.report import Report
from ledger.scope import EntryScope, Scope

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

STEPS = (
    *("evidence file", "policy", "checkpoint", "history", "inclusion", "entry", "signature", "disclosure"),
    *("scope", "completeness", "report"),
)


@dataclass(frozen=True)
class Established:
    """What the check showed: the log's state that was trusted, and what of it the file holds."""

    trusted: Trusted
    scope: Scope
    entries: int
    first_recorded_at: datetime
    last_recorded_at: datetime
    signed_by: Mapping[str, int]
    """How many entries each entry key signed, by key id."""
    disclosed: int
    withheld: int
    """Groups of personal fields that the file opens, and those that it leaves closed."""
    files: int
    """Attached files that it holds, every one that its disclosures name."""
    statement: Statement | None
    """What the log stated of this export; None in a file of one entry or of the first form."""
    report: bytes
    """The report that the checked entries give, with the outcomes of the steps before it."""


def verify(
    file: IO[bytes], policy: bytes, tell: Callable[[int, str], object], roots: Sequence[Certificate] = ()
) -> Established:
    """Check an evidence file under a policy, telling the number and outcome of each step as it is passed.

    Time stamps are held against the checker's own root certificates; without any they are not checked, and it says so.

    Raises:
        VerificationError: at the first step that fails; `step` is its name in `STEPS`, `entry` the leaf index, if any.
    """
    passed: list[str] = []

    def passes(number: int, outcome: str) -> None:
        passed.append(outcome)
        tell(number, outcome)

    with _step(1):
        bundle = Bundle(file)
        passes(1, f"The file is well formed and holds {_number(bundle.size, 'entry', 'entries')}.")
    with _step(2):
        trust = parse_policy(policy)
        witnesses = _number(len(trust.witnesses), "witness", "witnesses")
        passes(2, f"Your policy trusts {_number(len(trust.logs), 'log', 'logs')} and {witnesses}.")
    with _step(3):
        trusted = _check_checkpoint(bundle, trust)
        passes(3, f"{trusted.checkpoint.origin} signed for {trusted.checkpoint.size} entries{_witnessed(trusted)}.")
    with _step(4):
        passes(4, check_history(bundle, trust, trusted, roots))
    with _step(5):
        for item in bundle.items():
            with _at(item):
                _check_inclusion(item, bundle, trusted)
        passes(5, "Every entry in the file is among them, at its place.")
    with _step(6):
        first, last = _check_entries(bundle)
        passes(6, "Every entry is in its fixed form and was made for this log.")
    with _step(7):
        signed_by = _check_signatures(bundle)
        passes(7, f"Every entry is signed by a key the log had enrolled by then: {', '.join(signed_by)}.")
    with _step(8):
        disclosed, withheld, files = _check_disclosures(bundle)
        attached = f" {_number(files, 'attached file is', 'attached files are')} as entered." if files else ""
        parts = f"What is disclosed is what was entered: {disclosed} parts."
        passes(8, f"{parts} {withheld} parts are not disclosed to you.{attached}")
    with _step(9):
        passes(9, _check_scope(bundle))
    with _step(10):
        statement, outcome = _check_completeness(bundle)
        passes(10, outcome)
    with _step(11):
        report = _check_report(bundle)
        passes(11, _told_of_report(bundle))
    return Established(
        *(trusted, bundle.cover.scope, bundle.size, first, last, signed_by, disclosed, withheld, files, statement),
        report=report.html(passed),
    )


def _check_checkpoint(bundle: Bundle, trust: Policy) -> Trusted:
    trusted = open_checkpoint(bundle.cover.checkpoint, trust)
    if trusted.checkpoint.origin != bundle.cover.origin:
        raise VerificationError("The file says it is of another log than the one that signed.")
    return trusted


def _witnessed(trusted: Trusted) -> str:
    """Say who cosigned; never that it is witnessed where the policy asks for nobody or nobody it knows did."""
    return (
        f", cosigned by {', '.join(trusted.witnesses)}" if trusted.witnesses else ", not witnessed by anybody you trust"
    )


def _check_inclusion(item: Item, bundle: Bundle, trusted: Trusted) -> None:
    proof = parse_proof(item.proof)
    if proof.checkpoint != bundle.cover.checkpoint or proof.index != item.index or proof.extra is not None:
        raise VerificationError("Its proof is for another entry or another checkpoint.")
    # Size and root come from the one checked checkpoint, never from the proof.
    leaf = merkle.leaf_hash(item.entry)
    merkle.check_inclusion(item.index, trusted.checkpoint.size, leaf, proof.hashes, trusted.checkpoint.root)


def _check_entries(bundle: Bundle) -> tuple[datetime, datetime]:
    """Return when the earliest and the latest entry were recorded."""
    first, last = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    for item in bundle.items():
        with _at(item):
            body = _body(item)
            if body.origin != bundle.cover.origin:
                raise VerificationError("It was made for another log.")
            first, last = min(first, body.recorded_at), max(last, body.recorded_at)
    return first, last


def _check_signatures(bundle: Bundle) -> Counter[str]:
    apart = ((item.index, entries.parse(item.entry)) for item in bundle.items())
    parsed = ((index, entry, bodies.decode(entry.body)) for index, entry in apart)
    keys = KeyHistory(each for each in parsed if each[2].topic.startswith(OWN))
    signed_by: Counter[str] = Counter()
    for item in bundle.items():
        with _at(item):
            framed = entries.parse(item.entry)
            signed_by[keys.check(item.index, framed, bodies.decode(framed.body).topic)] += 1
    return signed_by


def _check_disclosures(bundle: Bundle) -> tuple[int, int, int]:
    """Return how many groups are opened, how many are not, and how many attached files came with them."""
    disclosed = withheld = files = 0
    for item in bundle.items():
        with _at(item):
            body = _body(item)
            found = [disclosure.check(line, body) for line in item.disclosures]
            if len({each.group for each in found}) != len(found):
                raise VerificationError("A part of it is disclosed twice.")
            disclosed += len(found)
            withheld += (len(body.sealed.groups) if body.sealed else 0) - len(found)
            files += _check_files(item, [file for each in found for file in named_files.named(each)])
    return disclosed, withheld, files


def _check_files(item: Item, wanted: list[NamedFile]) -> int:
    """Check that the files of an entry are those its disclosures name, in that order; return how many they are."""
    for number, file in enumerate(wanted):
        if number >= len(item.files) or item.files[number].file_id != file.file_id:
            raise VerificationError(f"The file “{file.name}”, which it names, is missing or out of place.")
        attached = item.files[number]
        if attached.ending != named_files.ending(file.media_type):
            raise VerificationError(f"The file “{file.name}” is called by another kind than the entry names.")
        named_files.check(file, attached.read())
    if len(item.files) > len(wanted):
        raise VerificationError("A file comes with it that it does not name.")
    return len(wanted)


def _check_scope(bundle: Bundle) -> str:
    held = (Placed.of(item.index, _body(item)) for item in _beside_export(bundle))
    outcome = check_scope(bundle.cover.scope, held)
    if bundle.is_first_form:
        return outcome
    check_key_history(Placed.of(item.index, _body(item)) for item in bundle.items())
    return outcome


def _check_completeness(bundle: Bundle) -> tuple[Statement | None, str]:
    if bundle.is_first_form:
        return None, "The file is of an older form: whether all of it is here cannot be shown. Ask for a new one."
    if isinstance(bundle.cover.scope, EntryScope):
        return None, "One entry is all that was asked for."
    *_, export = bundle.items()
    with _at(export):
        body = _body(export)
        statement = completeness.read_statement(body)
        if statement.scope != bundle.cover.scope or export.index < statement.size:
            raise VerificationError("The log states another export than this one.")
    completeness.check_file(
        statement, ((item.index, _body(item), merkle.leaf_hash(item.entry)) for item in _beside_export(bundle))
    )
    return statement, (
        f"The file holds all {statement.count} entries that the log stated on {wording.instant(body.recorded_at)},"
        f" of the {statement.size} there were, and nothing that came later."
    )


def _beside_export(bundle: Bundle) -> Iterator[Item]:
    """The entries but for the last where that states the export itself, as it does in all but a file of one entry."""
    stated = not bundle.is_first_form and not isinstance(bundle.cover.scope, EntryScope)
    return islice(bundle.items(), bundle.size - stated)


def _check_report(bundle: Bundle) -> Report:
    report = Report(bundle.cover.origin, bundle.cover.scope)
    for item in bundle.items():
        with _at(item):
            report.add(item)
    if bundle.cover.report == reports.VERSION and bundle.report not in (None, report.html()):
        raise VerificationError("index.html is not what these entries give; do not read it.")
    return report


def _told_of_report(bundle: Bundle) -> str:
    if bundle.is_first_form:
        return "The file is of an older form and holds no report."
    same = "is this one" if bundle.program == program() else "is another one than this, and was not looked at"
    if bundle.cover.report != reports.VERSION:
        return f"index.html is of another form and was NOT compared. The program in the file {same}."
    return f"index.html says what these entries say. The program in the file {same}. README.txt is no evidence."


def _body(item: Item) -> Body:
    return bodies.decode(entries.parse(item.entry).body)


@contextmanager
def _step(number: int) -> Iterator[None]:
    """Let a failure say at which step it happened."""
    try:
        yield
    except VerificationError as error:
        raise VerificationError(str(error), step=STEPS[number - 1], entry=error.entry) from error


@contextmanager
def _at(item: Item) -> Iterator[None]:
    """Let a failure say which entry it concerns."""
    try:
        yield
    except VerificationError as error:
        raise VerificationError(str(error), step=error.step, entry=item.index) from error


def _number(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
