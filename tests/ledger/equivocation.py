"""One AES-GCM ciphertext that two keys open, each to a text of its own: what commitments in the body are there against.

The tag is a polynomial in a value that depends on the key, so one free block makes it right under both (NIST SP 800-38D
§6.4; "invisible salamanders", Dodis, Grubbs, Ristenpart and Woodage, 2018).
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16
_REDUCTION = 0xE1 << 120


def ciphertext(keys: tuple[bytes, bytes], nonce: bytes, associated: bytes, texts: tuple[bytes, bytes]) -> bytes:
    """Return nonce, ciphertext and tag: one key reads the first text at the start, the other the second after it."""
    first, second = (text + b"\n" * (-len(text) % _BLOCK) for text in texts)
    streams = [_keystream(key, nonce, len(first) + len(second)) for key in keys]
    body = _xor(first, streams[0][: len(first)]) + _xor(second, streams[1][len(first) :])
    body += _free_block(keys, nonce, associated, body)
    key = keys[0]
    tag = _ghash(key, associated, body) ^ int.from_bytes(_encrypt(key, nonce + b"\x00\x00\x00\x01"), "big")
    return nonce + body + tag.to_bytes(_BLOCK, "big")


def _free_block(keys: tuple[bytes, bytes], nonce: bytes, associated: bytes, body: bytes) -> bytes:
    """Solve for the last block, which stands two powers above the tag's constant part."""
    wrong, factor = 0, 0
    for key in keys:
        h = int.from_bytes(_encrypt(key, bytes(_BLOCK)), "big")
        wrong ^= _ghash(key, associated, body + bytes(_BLOCK))
        wrong ^= int.from_bytes(_encrypt(key, nonce + b"\x00\x00\x00\x01"), "big")
        factor ^= _times(h, h)
    return _times(wrong, _inverse(factor)).to_bytes(_BLOCK, "big")


def _ghash(key: bytes, associated: bytes, body: bytes) -> int:
    h = int.from_bytes(_encrypt(key, bytes(_BLOCK)), "big")
    lengths = (8 * len(associated)).to_bytes(8, "big") + (8 * len(body)).to_bytes(8, "big")
    padded = b"".join(part + bytes(-len(part) % _BLOCK) for part in (associated, body)) + lengths
    found = 0
    for start in range(0, len(padded), _BLOCK):
        found = _times(found ^ int.from_bytes(padded[start : start + _BLOCK], "big"), h)
    return found


def _times(one: int, other: int) -> int:
    found = 0
    for bit in range(127, -1, -1):
        if one >> bit & 1:
            found ^= other
        other = other >> 1 ^ (_REDUCTION if other & 1 else 0)
    return found


def _inverse(value: int) -> int:
    found, power = 1 << 127, value
    for _ in range(127):  # value to the power of 2^128 - 2
        power = _times(power, power)
        found = _times(found, power)
    return found


def _encrypt(key: bytes, block: bytes) -> bytes:
    # GCM is built on the bare block cipher; one block at a time is what the attack works with.
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)  # noqa: S305 - the attacker's own


def _keystream(key: bytes, nonce: bytes, size: int) -> bytes:
    counters = range(2, 2 + -(-size // _BLOCK))
    return b"".join(_encrypt(key, nonce + counter.to_bytes(4, "big")) for counter in counters)[:size]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
