"""Characters that nobody sees: two texts that read the same must be the same."""

from __future__ import annotations

import re
import unicodedata

_SUSPECTS = re.compile(r"[^\x00-\x7f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Also what turns the direction of writing: a name must read the same to everybody."""
_UNREADABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")


class NotKept(Exception):
    """A text holds characters that are not kept; the message says what to do."""


def kept(text: str) -> str:
    """A text as it is kept: trimmed, with nothing unseen in it.

    Raises:
        NotKept: where it holds control characters.
    """
    trimmed = text.replace("\r\n", "\n").strip()
    if _CONTROL.search(trimmed):
        raise NotKept("Leave out control characters.")
    return seen(trimmed).strip()


def seen(text: str) -> str:
    """A text without its format characters (Unicode category Cf), such as zero width spaces and soft hyphens."""
    return _SUSPECTS.sub(lambda found: "" if unicodedata.category(found[0]) == "Cf" else found[0], text)


def one_line(text: str) -> str:
    """A text from outside as one line to be shown: nothing unseen in it, and a mark for what is no character."""
    return " ".join(_UNREADABLE.sub("\ufffd", seen(text)).split())
