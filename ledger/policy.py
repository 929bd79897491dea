"""c2sp.org/tlog-policy: which logs and witnesses whoever checks decided to trust. It is theirs, never the evidence's.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <name>...
    quorum <name>|none

Items are separated by spaces or tabs; empty lines and lines starting with "#" are ignored; exactly one quorum line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ledger import note
from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.cosignature import check_cosignatures
from ledger.errors import VerificationError

_STEP = "policy"
NONE = "none"


@dataclass(frozen=True)
class Group:
    """Witnessed where at least `threshold` of its members are."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Trusted logs, trusted witnesses by name, groups by name, the quorum's name or "none", and addresses by vkey.

    A name is bytes to the specification; one that is not UTF-8 is held with `surrogateescape`.
    """

    logs: tuple[note.Verifier, ...]
    witnesses: dict[str, note.Verifier]
    groups: dict[str, Group]
    quorum: str
    addresses: Mapping[str, str] = field(default_factory=dict)

    def is_witnessed(self, names: Iterable[str]) -> bool:
        """Whether the witnesses of these names are the quorum, which without any witnesses always holds."""
        return self.quorum == NONE or _witnessed(self, self.quorum, frozenset(names))


@dataclass(frozen=True)
class Trusted:
    """A checkpoint that holds under a policy, and the names of the witnesses that cosigned it."""

    checkpoint: Checkpoint
    witnesses: tuple[str, ...]


def parse_policy(content: bytes) -> Policy:
    """Read a policy.

    Raises:
        VerificationError: where a line is not as the specification has it; the message names the line.
    """
    if any((each < 0x20 and each not in b"\t\n") or each == 0x7F for each in content):
        raise VerificationError("The policy holds control characters.", step=_STEP)
    reader = _Reader()
    for number, line in enumerate(content.decode("utf-8", "surrogateescape").split("\n"), 1):
        items = [item for item in re.split(r"[ \t]+", line) if item]
        if items and not items[0].startswith("#"):
            try:
                reader.read(items)
            except (VerificationError, ValueError) as error:
                raise VerificationError(f"Line {number} of the policy cannot be used: {error}", step=_STEP) from error
    if reader.quorum is None:
        raise VerificationError("The policy has no quorum line.", step=_STEP)
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum, reader.addresses)


def format_policy(policy: Policy) -> bytes:
    """Return a policy's bytes.

    Raises:
        VerificationError: where nothing that can be written reads as this policy.
    """
    content = "".join(f"{' '.join(items)}\n" for items in _lines(policy)).encode("utf-8", "surrogateescape")
    if parse_policy(content) != policy:
        raise VerificationError("The policy cannot be written: a name or an address in it cannot stand.", step=_STEP)
    return content


def trust_logs(logs: Sequence[note.Verifier]) -> Policy:
    """Return the policy that trusts these keys of logs and asks for no witness."""
    return Policy(tuple(logs), {}, {}, NONE)


def trust_log(vkey: str) -> Policy:
    """Return the policy that trusts one log and asks for no witness.

    Raises:
        VerificationError: where the vkey is malformed.
    """
    return trust_logs([note.parse_vkey(vkey)])


def open_checkpoint(content: bytes, policy: Policy) -> Trusted:
    """Check a signed checkpoint: a log of the policy signed it, its origin is that log's name, and the quorum holds.

    Raises:
        VerificationError: where it does not.
    """
    text, signers = note.open_note(content, policy.logs)
    checkpoint = parse_checkpoint(text)
    if checkpoint.origin not in {signer.name for signer in signers}:
        raise VerificationError("The checkpoint names another log than the one that signed it.", step="checkpoint")
    cosigned = check_cosignatures(note.parse_note(content), tuple(policy.witnesses.values()))
    names = tuple(name for name, witness in policy.witnesses.items() if witness in cosigned)
    if not policy.is_witnessed(names):
        raise VerificationError("Too few of the policy's witnesses have cosigned the checkpoint.", step="quorum")
    return Trusted(checkpoint, names)


def _lines(policy: Policy) -> Iterator[tuple[str, ...]]:
    addresses = {vkey: (address,) for vkey, address in policy.addresses.items()}
    for log in policy.logs:
        yield "log", log.vkey, *addresses.get(log.vkey, ())
    for name, witness in policy.witnesses.items():
        yield "witness", name, witness.vkey, *addresses.get(witness.vkey, ())
    for name, group in policy.groups.items():
        yield "group", name, str(group.threshold), *group.members
    yield "quorum", policy.quorum


def _witnessed(policy: Policy, name: str, cosigned: frozenset[str]) -> bool:
    group = policy.groups.get(name)
    if group is None:
        return name in cosigned
    return sum(_witnessed(policy, member, cosigned) for member in group.members) >= group.threshold


class _Reader:
    """What the lines so far have defined."""

    def __init__(self) -> None:
        self.logs: list[note.Verifier] = []
        self.witnesses: dict[str, note.Verifier] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self.addresses: dict[str, str] = {}
        self._used: set[str] = set()

    def read(self, items: Sequence[str]) -> None:
        """Take in one line."""
        match items:
            case ["log", vkey, *address] if len(address) < 2:
                self.logs.append(self._key(vkey, note.ED25519, self.logs, address))
            case ["witness", name, vkey, *address] if len(address) < 2:
                self._define(name)
                self.witnesses[name] = self._key(vkey, note.COSIGNATURE, [*self.witnesses.values()], address)
            case ["group", name, threshold, *members] if members:
                self._define(name)
                self.groups[name] = self._group(threshold, members)
            case ["quorum", name] if self.quorum is None:
                if name != NONE and name not in self.witnesses and name not in self.groups:
                    raise ValueError(f"{name} is not defined above it")
                self.quorum = name
            case _:
                raise ValueError("it is not a log, witness, group or single quorum line")

    def _key(self, vkey: str, kind: int, known: Sequence[note.Verifier], address: Sequence[str]) -> note.Verifier:
        verifier = note.parse_vkey(vkey)
        if verifier.kind != kind or verifier.public_key in {each.public_key for each in known}:
            raise ValueError("the key is of the wrong type or stands there twice")
        for each in address:
            self.addresses[vkey] = each
        return verifier

    def _define(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise ValueError(f"the name {name} is taken")

    def _group(self, threshold: str, members: Sequence[str]) -> Group:
        for member in members:
            if member in self._used or (member not in self.witnesses and member not in self.groups):
                raise ValueError(f"{member} is not defined above it, or is a member already")
            self._used.add(member)
        if threshold not in ("any", "all") and re.fullmatch(r"[1-9][0-9]*", threshold) is None:
            raise ValueError("the threshold is not any, all or a number")
        needed = {"any": 1, "all": len(members)}.get(threshold) or int(threshold)
        if needed > len(members):
            raise ValueError("the threshold is larger than the group")
        return Group(needed, tuple(members))
