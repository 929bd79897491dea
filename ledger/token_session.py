"""One login to a token (PKCS#11 3.0): makes Ed25519 keys that cannot leave it, and has it sign.

A wrong PIN is tried once in a process and never again, since tokens lock after a few. A login that was lost, as when
the token was pulled out and put back, is opened anew once. One signature is made at a time, since a PKCS#11 session
runs one operation: writers wait for one another here, so a token's own speed is the most a ledger records at.
"""

from __future__ import annotations

import os
from threading import Lock
from typing import cast

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11 import exceptions as faults
from pkcs11.types import SignMixin
from pkcs11.util.ec import encode_named_curve_parameters

from ledger.token_keys import TokenUnusable

_ED25519 = "1.3.101.112"
_LOST = (
    faults.SessionHandleInvalid,
    faults.SessionClosed,
    faults.UserNotLoggedIn,
    faults.KeyHandleInvalid,
    faults.ObjectHandleInvalid,
    faults.DeviceRemoved,
    faults.DeviceError,
    faults.TokenNotPresent,
)
_WRONG_PIN = (faults.PinIncorrect, faults.PinInvalid, faults.PinLenRange, faults.PinLocked, faults.PinExpired)


class TokenSession:
    """Signs with the keys of one token, by their ids; any thread may ask."""

    def __init__(self, module: str, label: str, pin: str) -> None:
        self._module, self._label, self._pin = module, label, pin
        self._lock = Lock()
        self._session: pkcs11.Session | None = None
        self._keys: dict[bytes, SignMixin] = {}
        self._refused: TokenUnusable | None = None

    def sign(self, key_id: bytes, message: bytes) -> bytes:
        """Return the token's 64-byte Ed25519 signature.

        Raises:
            TokenUnusable: where it makes none.
        """
        with self._lock:
            try:
                return self._sign(key_id, message)
            except _LOST:
                self._forget()
            except faults.PKCS11Error as error:
                raise self._unusable(error) from error
            try:
                return self._sign(key_id, message)
            except faults.PKCS11Error as error:
                self._forget()
                raise self._unusable(error) from error

    def make_key(self, name: str) -> tuple[bytes, bytes]:
        """Make a key on the token under a name; returns its id there and its 32 raw public bytes.

        Raises:
            TokenUnusable: where it makes none.
        """
        key_id = os.urandom(8)
        with self._lock:
            try:
                curve = self._opened().create_domain_parameters(
                    KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: encode_named_curve_parameters(_ED25519)}, local=True
                )
                public, _private = curve.generate_keypair(
                    id=key_id,
                    label=name,
                    store=True,
                    mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                    private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
                )
                # A DER octet string (PKCS#11 3.0 §2.3.6); some tokens leave its two bytes of header out.
                return key_id, bytes(public[Attribute.EC_POINT])[-32:]
            except faults.PKCS11Error as error:
                self._forget()
                raise self._unusable(error) from error

    def require(self, key_id: bytes) -> None:
        """Log in and look for a key, signing nothing.

        Raises:
            TokenUnusable: where it could not sign.
        """
        with self._lock:
            try:
                self._key(key_id)
            except faults.PKCS11Error as error:
                self._forget()
                raise self._unusable(error) from error

    def _sign(self, key_id: bytes, message: bytes) -> bytes:
        return bytes(self._key(key_id).sign(message, mechanism=Mechanism.EDDSA))

    def _key(self, key_id: bytes) -> SignMixin:
        key = self._keys.get(key_id)
        if key is None:
            found = self._opened().get_key(object_class=ObjectClass.PRIVATE_KEY, id=key_id)
            key = self._keys[key_id] = cast("SignMixin", found)  # its types leave out what a private key can do
        return key

    def _opened(self) -> pkcs11.Session:
        if self._refused is not None:
            raise self._refused
        if self._session is None:
            token = pkcs11.lib(self._module).get_token(token_label=self._label)
            if Mechanism.EDDSA not in token.slot.get_mechanisms():
                raise faults.MechanismInvalid
            self._session = self._logged_in(token)
        return self._session

    def _logged_in(self, token: pkcs11.Token) -> pkcs11.Session:
        try:
            return token.open(rw=True, user_pin=self._pin)
        except faults.UserAlreadyLoggedIn:  # a login is the whole process's (PKCS#11 3.0 §5.6)
            return token.open(rw=True)
        except _WRONG_PIN as error:
            self._refused = self._unusable(error)
            raise self._refused from error

    def _forget(self) -> None:
        """Leave a login behind; closing it would log out the whole process, whoever else signs in it."""
        self._session = None
        self._keys.clear()

    def _unusable(self, error: faults.PKCS11Error) -> TokenUnusable:
        token = f"The token {self._label!r}"
        match error:
            case faults.NoSuchToken() | faults.TokenNotPresent() | faults.DeviceRemoved():
                why = f"{token} is not there. Put it in, or correct its name in the settings."
            case faults.PinLocked():
                why = f"{token} is locked after too many wrong PINs. Whoever administers it must unlock it."
            case faults.PinIncorrect() | faults.PinInvalid() | faults.PinLenRange() | faults.PinExpired():
                why = f"{token} refuses the PIN. It is not tried again, since tokens lock: correct it and start again."
            case faults.NoSuchKey():
                why = f"{token} does not hold the key that the ledger's key folder names. Put the right one in."
            case faults.MechanismInvalid():
                why = f"{token} cannot sign with Ed25519 (CKM_EDDSA), which this ledger needs. Use another."
            case _ if "loading" in str(error):
                why = f"The token's module {self._module} cannot be loaded. Install it, or correct the setting."
            case _:
                why = f"{token} does not answer as it should ({type(error).__name__}). See that it is in and ready."
        return TokenUnusable(why)
