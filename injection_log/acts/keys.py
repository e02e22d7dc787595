"""Keys that go to another computer and come from one: export is an event, import asks nobody's password.

An import must work before there is a log: on a new computer the keys come first, then the backup. Shows
fingerprints, never a key. How the file is sealed is in `injection_log.key_file`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from injection_log.acts.writing import append, draft_of, require
from injection_log.clock import to_text
from injection_log.errors import Refused
from injection_log.home import Home
from injection_log.key_file import TravellingKeys, fingerprint, open_keys, seal_keys
from injection_log.keys import KeyFolder, KeyKind
from injection_log.ledger.errors import KeyMissing, LedgerError
from injection_log.ledger.event import Json, Subject
from injection_log.people.passwords import PRODUCTION, PasswordCost, check_new_password
from injection_log.private_files import fresh_file, name_finished, sync_file
from injection_log.site import Session
from injection_log.store.binding import bound_by_log

LEDGER = Subject("ledger")
WORDS: dict[KeyKind, str] = {
    "identity": "the site's identity key (ties pictures to participants)",
    "checkpoint": "this workstation's checkpoint key (signs the log's checkpoints)",
}


@dataclass(frozen=True)
class KeyShown:
    """One key as it may be shown: which log, which key, its fingerprint (hex) and where it is kept."""

    origin: str
    kind: KeyKind
    fingerprint: str
    kept_in: str


def show_keys(keys: KeyFolder) -> tuple[KeyShown, ...]:
    """The keys of every log this workstation knows, for the trial master file. Raises KeyStoreFailed."""
    shown = []
    kinds: tuple[KeyKind, ...] = ("identity", "checkpoint")
    for origin in keys.origins():
        for kind in kinds:
            secret = keys.held(origin, kind)
            if secret is not None:
                place = "the key store of this computer" if keys.is_in_key_store(origin, kind) else str(keys.root)
                shown.append(KeyShown(origin, kind, fingerprint(kind, secret), place))
    return tuple(shown)


def export_keys(
    session: Session,
    to: Path,
    passphrase: str,
    kinds: Sequence[KeyKind] = ("identity",),
    cost: PasswordCost = PRODUCTION,
) -> TravellingKeys:
    """Write the keys of this log into a new file under a passphrase, and record which.

    Raises Refused (role, a file that is there, a place inside the home), PasswordWeak, KeyMissing, KeyStoreFailed.
    """
    require(session, "back_up")
    site = session.site
    path = _new_file(to, site.home)
    check_new_password(passphrase, "")
    found: dict[KeyKind, bytes] = {}
    for kind in kinds:
        secret = site.keys.held(site.ledger.origin, kind)
        if secret is None:
            raise KeyMissing(f"The {kind} key of this log is not on this workstation; export it where it is.")
        found[kind] = secret
    made_at = to_text(site.clock.now())
    travelling = TravellingKeys(site.ledger.origin, made_at, site.ledger.workstation, found)
    _write(session, path, seal_keys(travelling, passphrase, cost), travelling)
    return travelling


def import_keys(home: Home, keys: KeyFolder, file: Path, passphrase: str) -> dict[KeyKind, bool]:
    """Keep the keys of a file on this workstation; by kind, whether it was not here before.

    Nothing is kept unless everything can be. Raises KeysFileDamaged, PassphraseWrong, KeyConflict, KeyStoreFailed,
    Refused when the file is of another log than the one in this home.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise LedgerError(f"The keys file {file} cannot be read ({error.strerror}); give the right file.") from error
    travelling = open_keys(data, passphrase)
    _check_log(home, travelling)
    for kind, secret in travelling.secrets.items():
        here = keys.held(travelling.origin, kind)
        if here not in (None, secret):
            keys.put(travelling.origin, kind, secret)  # refuses, and says how to find out which is right
    return {kind: keys.put(travelling.origin, kind, secret) for kind, secret in travelling.secrets.items()}


def _new_file(to: Path, home: Home) -> Path:
    path = to.expanduser().absolute()
    if path.exists():
        raise Refused("file_exists", f"There is a file {path} already, and nothing was written; give another name.")
    if path.resolve().is_relative_to(home.root.resolve()):
        raise Refused("beside_the_log", "Keys may not lie in the home beside the log; give a place outside of it.")
    return path


def _write(session: Session, path: Path, data: bytes, travelling: TravellingKeys) -> None:
    """Write the file whole; the event stands before the file has its name, so no export goes unrecorded."""
    fresh = fresh_file(path)
    try:
        fresh.write_bytes(data)
        sync_file(fresh)
        prints: dict[str, Json] = {kind: fingerprint(kind, secret) for kind, secret in travelling.secrets.items()}
        said: dict[str, Json] = {"made_at": travelling.made_at, "fingerprints": prints}
        append(session, [draft_of(session, "KeysExported", LEDGER, {"keys_exported": said})])
        if not name_finished(fresh, path):
            raise Refused("file_exists", f"There is a file {path} now, and nothing was written; give another name.")
    finally:
        fresh.unlink(missing_ok=True)


def _check_log(home: Home, travelling: TravellingKeys) -> None:
    bound = bound_by_log(home)
    if bound is None:
        return  # the keys come first, then the backup
    if bound["origin"] != travelling.origin:
        raise Refused(
            "keys_of_another_log",
            "These keys are of another log than the one in this home, and nothing was kept; choose the home of"
            " their log with --home.",
        )
    said = travelling.secrets.get("identity")
    if said is not None and fingerprint("identity", said) != bound["identity_key_check"]:
        raise Refused("keys_of_another_log", "This identity key is not the one the log in this home was made with.")
