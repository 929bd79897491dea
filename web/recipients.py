"""To whom the daily digest goes: a file that says, school by school, which role has which address."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.vocabulary import Role
from ledger.errors import LedgerError
from projections.schools import School

COLUMNS = ("urn", "role", "address")
_EXAMPLE = "999001,head_teacher,head@school.example"


class RecipientsWrong(LedgerError):
    """The file of recipients cannot be used; the message lists every line that is wrong."""


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets the digest of one role at one school; `address` is None where it is only printed."""

    school: School
    role: Role
    address: str | None


def read(path: Path, schools: Mapping[str, School], staff: frozenset[Role]) -> tuple[Recipient, ...]:
    """Read the file; `schools` by their URN, `staff` the roles that may be written to.

    Raises:
        RecipientsWrong: naming every line that is wrong, and what would be right.
    """
    try:
        lines = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeError):
        raise RecipientsWrong(f"{path} cannot be read; give a CSV file in UTF-8.") from None
    if not lines or any(name not in lines[0] for name in COLUMNS):
        raise RecipientsWrong(f"{path} needs the columns {', '.join(COLUMNS)}, and a line such as {_EXAMPLE}.")
    problems = [text for number, line in enumerate(lines, 2) for text in _problems(number, line, schools, staff)]
    if problems:
        raise RecipientsWrong("\n".join(problems))
    return tuple(Recipient(schools[_of(line, "urn")], Role(_of(line, "role")), _of(line, "address")) for line in lines)


def _problems(
    number: int, line: Mapping[str, str | None], schools: Mapping[str, School], staff: frozenset[Role]
) -> Iterator[str]:
    urn, role, address = (_of(line, name) for name in COLUMNS)
    if urn not in schools:
        yield f"Line {number}: no school here has the URN {urn!r}; there is {', '.join(sorted(schools)) or 'none'}."
    if role not in staff:
        yield f"Line {number}: {role!r} is no role that gets a digest; choose one of {', '.join(sorted(staff))}."
    if address.count("@") != 1 or not address.isascii() or any(each.isspace() or each in "<>,;" for each in address):
        yield f"Line {number}: {address!r} is no e-mail address."


def _of(line: Mapping[str, str | None], name: str) -> str:
    return (line.get(name) or "").strip()
