"""Asking for secrets: at a terminal without showing them, else a line each from standard input."""

from __future__ import annotations

import getpass
import sys

from web.commands.speaking import Failed


def secret(what: str, otherwise: str) -> str:
    """Ask for a secret; `otherwise` says what to do where there is nobody to ask.

    Raises:
        Failed: where nothing was given.
    """
    given = getpass.getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise Failed(f"{what} was not given. {otherwise}")
    return given


def new_passphrase(what: str, otherwise: str) -> str:
    """Ask for a new passphrase, twice where somebody types it.

    Raises:
        Failed: where nothing was given, or not the same twice.
    """
    given = secret(what, otherwise)
    if sys.stdin.isatty() and getpass.getpass("The same again: ") != given:
        raise Failed("The two passphrases differ; nothing was changed.")
    return given
