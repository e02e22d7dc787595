"""Keys on a journey: a file that holds keys of one log under a passphrase.

The file is one line of canonical JSON: what it is and what is in it can be read by everyone, the keys cannot.

    form         "injection-log keys 1"
    origin, made_at, workstation, holds (list of kinds), fingerprints (kind -> hex, no secret)
    argon2id     {lanes, memory_kib, passes, salt (base64)}         RFC 9106
    nonce        base64, 12 bytes
    sealed       base64, ChaCha20-Poly1305 of the canonical JSON {kind: key in hex}; bound to all of the above
    sha256       hex, over the canonical JSON of everything else: tells a damaged file from a wrong passphrase

Reads and writes no file, asks for no passphrase, and knows no log.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from injection_log.errors import Refused
from injection_log.identity_hash import identity_key_check
from injection_log.keys import KEY_BYTES, KeyKind
from injection_log.ledger.canonical import Json, canonical_bytes, parse_json
from injection_log.ledger.errors import KeyStoreFailed, LedgerError, NotCanonical
from injection_log.people.errors import AccountUnreadable
from injection_log.people.passwords import PRODUCTION, PasswordCost, derived_key

FORM = "injection-log keys 1"
_KINDS: tuple[KeyKind, ...] = ("checkpoint", "identity")
_MOST = PasswordCost(passes=64, memory_kib=1024 * 1024, lanes=64)
"""A file may ask for this much work and no more: whoever made it must not hang or fill this computer."""


class KeysFileDamaged(LedgerError):
    """The file is not whole, or was made by something else; no passphrase can open it."""

    code = "keys_file_damaged"


class PassphraseWrong(LedgerError, Refused):
    """The file is whole, but this is not its passphrase."""

    code = "passphrase_wrong"


@dataclass(frozen=True)
class KeysFile:
    """What can be read of a keys file without its passphrase."""

    origin: str
    made_at: str
    workstation: str
    fingerprints: Mapping[KeyKind, str]


@dataclass(frozen=True)
class TravellingKeys:
    """Keys of one log and where they come from."""

    origin: str
    made_at: str
    workstation: str
    secrets: Mapping[KeyKind, bytes] = field(repr=False)


def fingerprint(kind: KeyKind, secret: bytes) -> str:
    """What tells a key from another and may be written on paper, hex.

    Of the identity key the check that the log keeps of it, of a checkpoint key the public half.
    """
    if kind == "identity":
        return identity_key_check(secret)
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw().hex()


def seal_keys(keys: TravellingKeys, passphrase: str, cost: PasswordCost = PRODUCTION) -> bytes:
    """Make the file's content. Raises KeyStoreFailed when the machine cannot compute the cipher's key."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    head: dict[str, Json] = {
        "form": FORM,
        "origin": keys.origin,
        "made_at": keys.made_at,
        "workstation": keys.workstation,
        "holds": sorted(keys.secrets),
        "fingerprints": {kind: fingerprint(kind, secret) for kind, secret in keys.secrets.items()},
        "argon2id": {
            "lanes": cost.lanes,
            "memory_kib": cost.memory_kib,
            "passes": cost.passes,
            "salt": _text(salt),
        },
        "nonce": _text(nonce),
    }
    plain = canonical_bytes({kind: secret.hex() for kind, secret in keys.secrets.items()})
    cipher = ChaCha20Poly1305(_derived(passphrase, salt, cost))
    body = head | {"sealed": _text(cipher.encrypt(nonce, plain, canonical_bytes(head)))}
    return canonical_bytes(body | {"sha256": sha256(canonical_bytes(body)).hexdigest()}) + b"\n"


def read_keys_file(data: bytes) -> KeysFile:
    """What the file says of itself. Raises KeysFileDamaged."""
    body = _whole(data)
    prints = body["fingerprints"]
    assert isinstance(prints, dict)  # `_whole` has looked
    return KeysFile(
        str(body["origin"]), str(body["made_at"]), str(body["workstation"]), {k: str(prints[k]) for k in _held(body)}
    )


def open_keys(data: bytes, passphrase: str) -> TravellingKeys:
    """The keys of a file. Raises KeysFileDamaged, PassphraseWrong, KeyStoreFailed."""
    body = _whole(data)
    said = read_keys_file(data)
    head = {name: item for name, item in body.items() if name != "sealed"}
    salt, nonce, sealed, cost = _sealing(body)
    try:
        plain = ChaCha20Poly1305(_derived(passphrase, salt, cost)).decrypt(nonce, sealed, canonical_bytes(head))
    except InvalidTag:
        raise PassphraseWrong(
            "This passphrase does not open the keys file, which is whole; type the one chosen when it was made."
        ) from None
    kept = parse_json(plain)
    texts = kept if isinstance(kept, dict) else {}
    found = {kind: bytes.fromhex(str(texts.get(kind, ""))) for kind in said.fingerprints}
    if any(
        len(secret) != KEY_BYTES or fingerprint(kind, secret) != said.fingerprints[kind]
        for kind, secret in found.items()
    ):
        raise _damaged()
    return TravellingKeys(said.origin, said.made_at, said.workstation, found)


def _whole(data: bytes) -> dict[str, Json]:
    """The file without its digest, once that fits and every part has its type."""
    try:
        body = parse_json(data)
    except NotCanonical:
        raise _damaged() from None
    if not isinstance(body, dict) or not isinstance(body.get("form"), str):
        raise _damaged()
    if body["form"] != FORM:
        raise KeysFileDamaged("This keys file is of a form this version does not know; import it with a newer version.")
    digest = body.pop("sha256", None)
    texts = ("origin", "made_at", "workstation", "nonce", "sealed")
    try:
        fits = digest == sha256(canonical_bytes(body)).hexdigest()
    except NotCanonical:
        fits = False
    prints, holds = body.get("fingerprints"), body.get("holds")
    if not (fits and all(isinstance(body.get(name), str) for name in texts)):
        raise _damaged()
    if not (isinstance(prints, dict) and isinstance(holds, list) and holds and set(prints) == set(holds)):
        raise _damaged()
    if not set(holds) <= set(_KINDS):
        raise _damaged()
    return body


def _held(body: Mapping[str, Json]) -> list[KeyKind]:
    holds = body["holds"]
    assert isinstance(holds, list)
    return [kind for kind in _KINDS if kind in holds]


def _sealing(body: Mapping[str, Json]) -> tuple[bytes, bytes, bytes, PasswordCost]:
    """Salt, nonce, sealed bytes and cost. Raises KeysFileDamaged."""
    said = body.get("argon2id")
    said = said if isinstance(said, dict) else {}
    numbers = [said.get(name) for name in ("passes", "memory_kib", "lanes")]
    limits = (_MOST.passes, _MOST.memory_kib, _MOST.lanes)
    if not all(isinstance(n, int) and 0 < n <= most for n, most in zip(numbers, limits, strict=True)):
        raise _damaged()
    try:
        salt = base64.b64decode(str(said.get("salt")), validate=True)
        nonce = base64.b64decode(str(body["nonce"]), validate=True)
        sealed = base64.b64decode(str(body["sealed"]), validate=True)
    except binascii.Error:
        raise _damaged() from None
    if len(salt) < 8 or len(nonce) != 12:
        raise _damaged()
    passes, memory_kib, lanes = (int(str(number)) for number in numbers)
    return salt, nonce, sealed, PasswordCost(passes, memory_kib, lanes)


def _derived(passphrase: str, salt: bytes, cost: PasswordCost) -> bytes:
    try:
        return derived_key(passphrase, salt, cost)
    except AccountUnreadable as error:
        raise KeyStoreFailed(
            "The passphrase could not be checked on this computer just now; close other programs and try again."
        ) from error


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _damaged() -> KeysFileDamaged:
    return KeysFileDamaged(
        "This is not a whole keys file, so no passphrase can open it; copy it again, or make a new one with"
        " `injection-log keys export`."
    )
