"""`keys`: the ways into a ledger's keys, listed, changed, and set anew with the recovery code."""

from __future__ import annotations

import os
from argparse import Namespace
from dataclasses import asdict

from ledger import keys
from ledger import recovery_code as recovery_code_of
from web import founding
from web.commands import changing_keys
from web.commands.asking import new_passphrase, secret
from web.commands.changing_keys import told
from web.commands.opening import opened
from web.commands.speaking import Failed, say

_LINE = "Run this at a terminal, or give it as a line on standard input."


def list_keys(options: Namespace) -> int:
    """Say which keys there are and how they open."""
    with opened(options) as services:
        entry_key, vkeys = services.keys.entry.key_id, [signer.vkey for signer in services.keys.log]
        history = services.log.key_history()
        known, frozen = list(history.keys.values()), history.frozen
        founding.renew_vkey(options.data, vkeys[0])  # where a crash kept retire from it
    coded = keys.has_recovery_code(options.data / "keys")
    say(
        f"Entries are signed by {entry_key}.\n"
        f"The whole record is signed under {' and '.join(vkeys)}.\n"
        f"What the ledger says of its keys:\n{told(known)}\n"
        f"{'' if frozen is None else f'It is frozen from entry {frozen.index} on. '}"
        f"The passphrase opens them. A recovery code was {'made' if coded else 'never made: keys recovery-code'}.",
        {
            "entry_key": entry_key,
            "verifier_keys": vkeys,
            "recovery_code": coded,
            "frozen_at": None if frozen is None else frozen.index,
            "history": [asdict(one) | {"public_key": one.public_key.hex()} for one in known],
        },
        as_json=options.json,
    )
    return 0


def change_passphrase(options: Namespace) -> int:
    """Let a new passphrase open the keys in place of the old one."""
    given = _passphrase(options)
    new = new_passphrase("The new passphrase", _LINE)
    founding.refuse_short(new)
    keys.change_passphrase(options.data / "keys", given, new)
    say(
        "The new passphrase opens the keys from now on. The recovery code stays as it is. Backups made so far\n"
        "open by the old passphrase; make a new one, and set the new passphrase where the service is started.",
        {"changed": True},
        as_json=options.json,
    )
    return 0


def recovery_code(options: Namespace) -> int:
    """Make a recovery code in place of the one before."""
    code = keys.renew_recovery_code(options.data / "keys", _passphrase(options))
    say(_told(code), {"recovery_code": code}, as_json=options.json)
    return 0


def recover(options: Namespace) -> int:
    """Set a new passphrase with the recovery code."""
    _refuse_demo(options)
    code = recovery_code_of.read(secret("The recovery code", _LINE))  # a slip is told before more is asked
    new = new_passphrase("The new passphrase", _LINE)
    founding.refuse_short(new)
    replacement = keys.recover(options.data / "keys", code, new)
    say(
        f"The new passphrase opens the keys from now on; the code is used up.\n{_told(replacement)}",
        {"recovered": True, "recovery_code": replacement},
        as_json=options.json,
    )
    return 0


ACTIONS = {
    **changing_keys.ACTIONS,
    "list": list_keys,
    "change-passphrase": change_passphrase,
    "recovery-code": recovery_code,
    "recover": recover,
}


def run(options: Namespace) -> int:
    """Do what was asked of the keys."""
    return ACTIONS[options.action](options)


def _passphrase(options: Namespace) -> str:
    _refuse_demo(options)
    return founding.configured_passphrase(os.environ) or secret("The passphrase", _LINE)


def _refuse_demo(options: Namespace) -> None:
    if founding.read(options.data).demo:
        raise Failed("A demo opens its own keys, with a passphrase that lies beside them; there is nothing to change.")


def _told(code: str) -> str:
    return (
        f"The recovery code, shown this once:\n\n  {code}\n\n"
        "Any earlier one opens nothing any more: destroy it. Print this, seal it in an envelope and have two\n"
        "people keep it, apart from the backups; docs/operating.md says how."
    )
