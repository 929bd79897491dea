"""Real tokens of SoftHSM2 in a test's own folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pkcs11

from ledger.token_keys import TokenSettings

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "2580-token"
THERE = Path(MODULE).exists()


def make_token(folder: Path, label: str, *, mechanisms: str = "ALL") -> TokenSettings:
    """Make a token; the module, loaded once in a process, is told to look for tokens in this folder from here on.

    The caller has set SOFTHSM2_CONF to `folder / "softhsm2.conf"`.
    """
    (folder / "tokens").mkdir(exist_ok=True)
    (folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
        f"slots.mechanisms = {mechanisms}\n"
    )
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", "1234-officer", "--pin", PIN],
        check=True,
        capture_output=True,
        env=os.environ | {"SOFTHSM2_CONF": str(folder / "softhsm2.conf")},
    )
    pkcs11.lib(MODULE).reinitialize()
    return TokenSettings(MODULE, label, PIN)


def change_pin(settings: TokenSettings, new: str) -> None:
    """Give the token another PIN, in a process of its own."""
    script = (
        "import sys, pkcs11\n"
        "module, label, old, new = sys.argv[1:]\n"
        "with pkcs11.lib(module).get_token(token_label=label).open(rw=True, user_pin=old) as session:\n"
        "    session.set_pin(old, new)\n"
    )
    subprocess.run([sys.executable, "-c", script, settings.module, settings.label, settings.pin, new], check=True)
