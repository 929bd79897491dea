"""Which keys may have signed an entry, as an outsider works it out from the entries themselves.

A key counts from the entry that enrols it. Only the log's first entry may vouch for its own key, which proves
possession; a later one must be signed by a key that counted before it, or whoever can write to the database could enrol
theirs.
"""

from __future__ import annotations

from ledger import ed25519, strict_json
from ledger import entry as entries
from ledger.body import Body
from ledger.errors import VerificationError

TOPIC = "ledger.key-enrolled"
_STEP = "signature"


class EnrolledKeys:
    """The keys enrolled by the entries seen so far, which must come by rising index."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def check(self, index: int, entry: entries.Entry, body: Body) -> str:
        """Check an entry's signature, take up the key it enrols, if it does, and return the id of the key that signed.

        Raises:
            VerificationError: where no key that counts here signed it, or the key it enrols proves nothing.
        """
        enrols = _public_key(body) if body.topic == TOPIC else None
        if enrols is not None and index == 0:
            self._keys[entries.key_id(enrols)] = enrols
        signer = self._keys.get(entry.key_id)
        if signer is None:
            raise VerificationError("Its key is not one this log had enrolled by then.", step=_STEP)
        entries.check_signature(signer, entry.body, entry.signature)
        if enrols is not None:
            self._keys.setdefault(entries.key_id(enrols), enrols)
        return entry.key_id


def _public_key(body: Body) -> bytes:
    facts = body.facts
    public_key = strict_json.base64_of(facts.get("public_key"), ed25519.KEY_SIZE)
    if dict(facts) != {"key_id": entries.key_id(public_key), "public_key": facts["public_key"], "algorithm": "Ed25519"}:
        raise VerificationError("The enrolment of a key is malformed.", step=_STEP)
    ed25519.check_public_key(public_key)
    return public_key
