"""Unique pupil numbers: their form and check letter.

A letter, then LA code (3), school number (4), year (2) and serial (3, the last one a letter in a temporary number).
The letter is the sum of each place's value times its number (2 to 13), modulo 23, looked up below.
Published by the Department for Education in its guide to UPNs [primary].
"""

from __future__ import annotations

import re

from domain.errors import Impossible

_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_FORM = re.compile(rf"[{_LETTERS}][0-9]{{11}}[0-9{_LETTERS}]")


def check_letter(body: str) -> str:
    """Return the first letter for the twelve characters that follow it."""
    values = (int(char) if char.isdigit() else _LETTERS.index(char) for char in body)
    return _LETTERS[sum(place * value for place, value in enumerate(values, 2)) % 23]


def refuse_malformed(upn: str) -> None:
    """Refuse a number that cannot have been issued; whether its LA code is in use is not asked.

    Raises:
        Impossible: where its form or its check letter is wrong.
    """
    if not _FORM.fullmatch(upn):
        raise Impossible("upn", "A UPN is a letter, eleven digits, and a digit or (temporary UPN) a letter. Check it.")
    if upn[0] != check_letter(upn[1:]):
        raise Impossible(
            "upn",
            "The UPN's first letter does not fit its digits, so one of them was misread. Check it against its source.",
        )
