"""The checkpoint: what the log was at one size, in a short signed text that can leave the machine.

C2SP tlog-checkpoint in a C2SP signed note: origin, size, base64 of the RFC 6962 root, an empty line, and
signature lines `— <key name> <base64(4 bytes of key id | Ed25519 signature)>`. The key name is the
origin, as C2SP advises; the key id tells the workstations apart. Decision: docs/decisions/checkpoint-
form.md. Does not decide which keys are enrolled, and does not read the log.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from injection_log.ledger.errors import CheckpointMalformed

_ED25519 = b"\x01"
_SIZE = re.compile(r"(0|[1-9][0-9]{0,15})")


@dataclass(frozen=True)
class NoteSignature:
    """One signature line: the key's name, its 4-byte id, 64 bytes of Ed25519."""

    key_name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says; `signed_text` are the exact bytes under the signatures."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[NoteSignature, ...]
    text: str

    @property
    def signed_text(self) -> bytes:
        """The part of the text that is signed: the three lines with their line ends."""
        return _body(self.origin, self.size, self.root)

    def signed_by(self, public_key: bytes) -> bool:
        """Whether one of the signatures is by this key (32 bytes) under the log's own name."""
        wanted = key_id(self.origin, public_key)
        return any(
            line.key_name == self.origin and line.key_id == wanted and _holds(public_key, line, self.signed_text)
            for line in self.signatures
        )


def key_id(key_name: str, public_key: bytes) -> bytes:
    """The 4-byte id of an Ed25519 key in a signed note (C2SP signed-note, "Verifier keys")."""
    return sha256(key_name.encode("utf-8") + b"\n" + _ED25519 + public_key).digest()[:4]


def make_checkpoint(origin: str, size: int, root: bytes, key: Ed25519PrivateKey) -> str:
    """Write and sign the checkpoint of a log of `size` events with this root (32 bytes)."""
    body = _body(origin, size, root)
    public_key = key.public_key().public_bytes_raw()
    signature = base64.b64encode(key_id(origin, public_key) + key.sign(body)).decode("ascii")
    return f"{body.decode('utf-8')}\n— {origin} {signature}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint strictly. Raises CheckpointMalformed; does not check any signature."""
    head, blank, tail = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or len(lines) != 3 or not lines[0] or not tail.endswith("\n") or not _SIZE.fullmatch(lines[1]):
        raise CheckpointMalformed(
            "This is not a checkpoint: it must have origin, size, root, an empty line and a signature line."
        )
    checkpoint = Checkpoint(
        origin=lines[0],
        size=int(lines[1]),
        root=_decoded(lines[2], 32),
        signatures=tuple(_signature(line) for line in tail[:-1].split("\n")),
        text=text,
    )
    if checkpoint.signed_text != head.encode("utf-8") + b"\n":
        raise CheckpointMalformed("This is not a checkpoint: its lines are not in their exact form.")
    return checkpoint


def _body(origin: str, size: int, root: bytes) -> bytes:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode('ascii')}\n".encode()


def _decoded(word: str, length: int) -> bytes:
    try:
        data = base64.b64decode(word.encode("utf-8"), validate=True)
    except binascii.Error:
        data = b""
    if len(data) != length:
        raise CheckpointMalformed("This is not a checkpoint: its root or signature is not whole base64.")
    return data


def _signature(line: str) -> NoteSignature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not parts[1]:
        raise CheckpointMalformed("This is not a checkpoint: a signature line is malformed.")
    data = _decoded(parts[2], 4 + 64)
    return NoteSignature(parts[1], data[:4], data[4:])


def _holds(public_key: bytes, line: NoteSignature, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(line.signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
