"""Ed25519 keys under which a signature would prove nothing."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from ledger import ed25519
from ledger.errors import VerificationError
from tests.ledger.small_log import private_key

P = 2**255 - 19
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int]


def add(one: Point, other: Point) -> Point:
    """The sum of two points of the curve (RFC 8032 §5.1)."""
    (x1, y1), (x2, y2) = one, other
    bend = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + bend, P - 2, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - bend, P - 2, P) % P


def decompress(y: int) -> Point | None:
    """A point with this y, if the curve has one."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    for root in (x, x * pow(2, (P - 1) // 4, P) % P):
        if root * root % P == square:
            return root, y
    return None


def times_its_order(point: Point) -> Point:
    """What is left of a point's part of small order: the point times the curve's large prime order."""
    order, total = 2**252 + 27742317777372353535851937790883648493, (0, 1)
    while order:
        if order & 1:
            total = add(total, point)
        point, order = add(point, point), order >> 1
    return total


def encodings_of_low_order() -> list[bytes]:
    """All points whose order divides 8, as multiples of one of order 8, each with either sign of x."""
    points = (times_its_order(point) for y in range(2, 100) if (point := decompress(y)))
    eighth = next(point for point in points if add(add(point, point), add(point, point)) == (0, P - 1))
    multiples = [(0, 1)]
    for _ in range(7):
        multiples.append(add(multiples[-1], eighth))
    assert len(set(multiples)) == 8
    return [(y | sign << 255).to_bytes(32, "little") for _, y in multiples for sign in (0, 1)]


def test_every_point_of_low_order_is_refused() -> None:
    for public_key in encodings_of_low_order():
        with pytest.raises(VerificationError, match="low order"):
            ed25519.check_public_key(public_key)


def test_the_signature_that_fits_any_message_under_a_key_of_low_order_is_refused() -> None:
    neutral, fits_all = (1).to_bytes(32, "little"), (1).to_bytes(32, "little") + bytes(32)
    Ed25519PublicKey.from_public_bytes(neutral).verify(fits_all, b"I consent.")  # what OpenSSL says to it

    with pytest.raises(VerificationError):
        ed25519.verify(neutral, fits_all, b"I consent.")


@given(st.integers(P, 2**255 - 1), st.booleans())
def test_a_key_spelt_in_a_second_way_is_refused(y: int, sign: bool) -> None:
    with pytest.raises(VerificationError, match="canonical"):
        ed25519.check_public_key((y | sign << 255).to_bytes(32, "little"))


@given(st.binary(max_size=40), st.binary(max_size=70), st.binary(max_size=9))
def test_whatever_goes_in_only_a_verification_error_comes_out(key: bytes, signature: bytes, message: bytes) -> None:
    with pytest.raises(VerificationError):
        ed25519.verify(key, signature, message)


def test_a_signature_is_of_one_message_by_one_key() -> None:
    key, other = private_key("one"), private_key("other")
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"placed")
    ed25519.verify(public, signature, b"placed")

    for bad in [
        (other.public_key().public_bytes_raw(), signature, b"placed"),
        (public, signature, b"moved"),
        (public, signature[:-1] + bytes([signature[-1] ^ 1]), b"placed"),
        (public, signature[:-1], b"placed"),
    ]:
        with pytest.raises(VerificationError):
            ed25519.verify(*bad)
