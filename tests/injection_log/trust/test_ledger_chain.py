"""Chain, tree, event and checkpoint: golden values, the oracles of others, and what is refused."""

from __future__ import annotations

import base64
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymerkle import InmemoryTree

from injection_log.ledger.chain import first_previous, leaf_hash, link_hash
from injection_log.ledger.checkpoint import key_id, make_checkpoint, parse_checkpoint
from injection_log.ledger.errors import CheckpointMalformed, LedgerError, NameRefused
from injection_log.ledger.event import Actor, Change, Envelope, EventDraft, Seal, Subject, read_event, seal_event
from injection_log.ledger.merkle import Frontier, root

ORIGIN = "injection-log/SMG/01/0011223344556677"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
ENVELOPE = Envelope(7, "2026-11-22T14:02:11.123Z", 60, Actor("amina", "injector"), "room2-a1b2c3", "0.1.0", "p1")
DRAFT = EventDraft("FactSet", Subject("gland", "SMG-07", "injection", "left"), (Change("fact.volume_ul", None, 500),))


def test_the_chain_is_hashed_as_written_down() -> None:
    previous = sha256(ORIGIN.encode()).digest()
    leaf = sha256(b"\x00" + b"s" * 32 + b"{}").digest()
    assert first_previous(ORIGIN) == previous
    assert leaf_hash(b"s" * 32, b"{}") == leaf
    assert link_hash(previous, leaf, 258) == sha256(b"\x02" + previous + leaf + bytes([0] * 6 + [1, 2])).digest()


def test_golden_event() -> None:
    event = seal_event(ENVELOPE, DRAFT, previous=first_previous(ORIGIN), salt=bytes(32))
    assert event.body == (
        b'{"changes":[{"field":"fact.volume_ul","new":500,"old":null}],"claimed_at":"","kind":"FactSet",'
        b'"offset_minutes":60,"program":"0.1.0","protocol":"p1","reason":"","recorded_at":"2026-11-22T14:02:11.123Z",'
        b'"role":"injector","sequence":7,"subject":"gland:SMG-07/injection/left","user":"amina","v":1,'
        b'"workstation":"room2-a1b2c3"}'
    )
    assert event.hash.hex() == "b8b89d7e96d7dcd447cd48cf3232908d0fd44d5cb160288eea4b091aa7385840"


def test_an_event_is_read_back_as_it_was_written() -> None:
    event = seal_event(ENVELOPE, DRAFT, previous=bytes(32), salt=bytes(32))
    assert read_event(event.body, Seal(event.salt, event.leaf, event.previous, event.hash)) == event


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"v":1}', b"\xff", b'{"changes":[],"claimed_at":1}'], ids=repr)
def test_a_body_that_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(LedgerError):
        read_event(body, Seal(bytes(32), bytes(32), bytes(32), bytes(32)))


@pytest.mark.parametrize(
    ("kind", "parts"),
    [("gland", {"participant": "SMG-07"}), ("visit", {"participant": "a/b", "visit": "x"}), ("user", {"id": "a b"})],
)
def test_a_subject_that_could_be_misread_is_refused(kind: str, parts: dict[str, str]) -> None:
    with pytest.raises(NameRefused):
        Subject(kind, **parts)


@pytest.mark.parametrize("key", ["ledger:", "user:amina", "visit:SMG-07/injection", "gland:SMG-07/injection/left"])
def test_a_subject_is_read_back_from_its_key(key: str) -> None:
    assert Subject.parse(key).key == key


def test_the_root_is_that_of_pymerkle_at_every_size() -> None:
    tree, frontier, leaves = InmemoryTree(algorithm="sha256"), Frontier(), []
    assert root([]) == sha256(b"").digest()
    for number in range(70):
        data = number.to_bytes(4, "big")
        tree.append_entry(data)
        leaves.append(sha256(b"\x00" + data).digest())
        frontier = frontier.extended(leaves[-1:])
        assert frontier.root() == root(leaves) == tree.get_root()


def test_golden_checkpoint() -> None:
    text = make_checkpoint(ORIGIN, 12, bytes(range(32)), KEY)
    assert text == (
        f"{ORIGIN}\n12\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n— {ORIGIN} "
        "GMMLaNDueerLDHM6ksysrcvhJEGJe4iZpeSo24eGw5tayMRC6Sbxin+a/ED7Qq/cy/jWZAq7hZ2wgFOU+FTrL6q3Tgs=\n"
    )


def test_the_key_id_is_that_of_the_signed_note_form() -> None:
    assert key_id("log", PUBLIC) == sha256(b"log\n\x01" + PUBLIC).digest()[:4]


def test_openssl_confirms_the_signature_of_a_checkpoint(tmp_path: Path) -> None:
    checkpoint = parse_checkpoint(make_checkpoint(ORIGIN, 3, bytes(32), KEY))
    (tmp_path / "text").write_bytes(checkpoint.signed_text)
    (tmp_path / "signature").write_bytes(checkpoint.signatures[0].signature)
    # RFC 8410, part 4: an Ed25519 SubjectPublicKeyInfo is this prefix and the key
    (tmp_path / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + PUBLIC)
    command = "openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature"
    assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False, timeout=20).returncode == 0


def test_a_checkpoint_is_read_back() -> None:
    checkpoint = parse_checkpoint(make_checkpoint(ORIGIN, 12, bytes(32), KEY))
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, 12, bytes(32))
    assert checkpoint.signed_by(PUBLIC)


def test_a_checkpoint_is_not_signed_by_another_key() -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert not parse_checkpoint(make_checkpoint(ORIGIN, 12, bytes(32), KEY)).signed_by(other)


def test_a_signature_moved_to_another_size_does_not_hold() -> None:
    text = make_checkpoint(ORIGIN, 12, bytes(32), KEY).replace("\n12\n", "\n13\n")
    assert not parse_checkpoint(text).signed_by(PUBLIC)


@pytest.mark.parametrize(
    ("old", "new"),
    [("\n12\n", "\n012\n"), ("\n12\n", "\nx\n"), ("\n\n", "\n"), ("— ", "- "), ("=\n\n", "\n\n"), ("AAA=", "AAB=")],
)
def test_a_text_out_of_form_is_no_checkpoint(old: str, new: str) -> None:
    text = make_checkpoint(ORIGIN, 12, bytes(32), KEY)
    assert old in text
    with pytest.raises(CheckpointMalformed):
        parse_checkpoint(text.replace(old, new, 1))


def test_base64_of_a_checkpoint_is_whole() -> None:
    last = make_checkpoint(ORIGIN, 12, bytes(32), KEY).split(" ")[-1]
    assert len(base64.b64decode(last, validate=False)) == 4 + 64
