"""Ed25519 (RFC 8032) as an outsider must check it: OpenSSL's verification, and no key that fits more than one message.

A public key is 32 bytes: the y coordinate, little-endian, and the sign of x in the top bit. OpenSSL accepts keys of low
order, under which one signature fits any message, and y beyond the prime, which gives one key two spellings. Both are
refused here.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.errors import VerificationError

KEY_SIZE = 32
SIGNATURE_SIZE = 64

_PRIME = 2**255 - 19
_SIGN_OF_X = 1 << 255
# The y of the eight points whose order divides 8 (a test works them out): one of order 1, one of order 2, then two of
# order 4 and four of order 8 that share theirs.
_LOW_ORDER = {
    1,
    _PRIME - 1,
    0,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
}


def check_public_key(public_key: bytes) -> None:
    """Refuse a public key under which a signature would prove nothing.

    Raises:
        VerificationError: where it has the wrong length, is not in its one spelling, or is of low order.
    """
    if len(public_key) != KEY_SIZE:
        raise VerificationError("A public key is not 32 bytes long.", step="public key")
    y = int.from_bytes(public_key, "little") & ~_SIGN_OF_X
    if y >= _PRIME:
        raise VerificationError("A public key is not in its canonical form.", step="public key")
    if y in _LOW_ORDER:
        raise VerificationError("A public key is of low order: one signature would fit any message.", step="public key")


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Check a signature by a key given as its 32 raw bytes.

    Raises:
        VerificationError: where it is not that key's signature of this message, or the key proves nothing.
    """
    check_public_key(public_key)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise VerificationError("The signature is not by this key.", step="signature") from error


@lru_cache(256)
def loaded(public_key: bytes) -> Ed25519PublicKey:
    """Return a key that was looked at before as what checks its signatures, made once."""
    return Ed25519PublicKey.from_public_bytes(public_key)
