"""The name a file is shown and saved under: readable, without a path, and never leading anybody astray."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
_BLANKS = re.compile(r"\s+")
_UNSAFE = re.compile(r'[<>:"|?*]')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control characters, and those that turn or hide the writing around them."""


def cleaned(name: str, extensions: tuple[str, ...]) -> str:
    """Return the name without folders and unseen characters, ending in one of these extensions.

    The extension follows from the content: `letter.exe` that holds a PDF is shown as `letter.exe.pdf`.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if each.isspace() else each for each in last if each.isspace() or not _hidden(each))
    tidy = _BLANKS.sub(" ", _UNSAFE.sub("-", seen)).rstrip(" .")
    extension = next((each for each in extensions if tidy.lower().endswith(each)), "")
    stem = tidy[: len(tidy) - len(extension)].strip(" .") or "document"
    extension = extension or extensions[0]
    return stem[: LONGEST - len(extension)].rstrip(" .") + extension


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN
