"""Where the token with the signing keys is, as whoever runs the service sets it; never in a command's arguments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ledger.token_keys import TokenSettings
from web import founding
from web.config import SettingsMissing

MODULE = "PLACEMENT_LEDGER_TOKEN_MODULE"
LABEL = "PLACEMENT_LEDGER_TOKEN"
PIN = "PLACEMENT_LEDGER_TOKEN_PIN"
PIN_FILE = "PLACEMENT_LEDGER_TOKEN_PIN_FILE"


def configured(environment: Mapping[str, str]) -> TokenSettings | None:
    """The token's settings; None where none is set, which is right where all keys lie in files.

    Raises:
        SettingsMissing: where some are set and others not, or the PIN twice.
        NoPassphrase: where the PIN's file cannot be read, or others may read it.
    """
    module, label, given, named = (environment.get(name, "") for name in (MODULE, LABEL, PIN, PIN_FILE))
    if not (module or label or given or named):
        return None
    problems = [f"{name} is not set: {what}." for name, what in _NEEDED if not environment.get(name)]
    if bool(given) == bool(named):
        problems.append(f"Set {PIN_FILE} to a file that holds the token's PIN, or {PIN} to the PIN, and not both.")
    if problems:
        raise SettingsMissing("\n".join(problems))
    return TokenSettings(module, label, founding.secret_in(Path(named), PIN_FILE, environment) if named else given)


_NEEDED = (
    (MODULE, "the path of the token's PKCS#11 module, such as /usr/lib/softhsm/libsofthsm2.so"),
    (LABEL, "the token's label"),
)
