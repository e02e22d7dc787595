"""A backup: made while others write, whole or not there at all, without a key, and never called done unverified."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from kept_site import Kept, kept_site, password
from killing import kill_at_random
from typer.testing import CliRunner

from injection_log.acts.backups import BackupFailed, make_backup
from injection_log.backup_folder import BackupDamaged, check_backup, finished_backups, read_manifest
from injection_log.cli import assemble
from injection_log.errors import Refused
from injection_log.keys import KeyFolder
from injection_log.ledger.checkpoint import parse_checkpoint
from injection_log.ledger.errors import DiskFull
from injection_log.verify import verify


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = kept_site(tmp_path)
    yield made
    made.site.ledger.close()


def test_a_backup_is_a_dated_home_that_verifies_and_stands_in_the_log_with_its_digest(
    kept: Kept, tmp_path: Path
) -> None:
    done = make_backup(kept.session("dagny"), tmp_path / "out")
    assert done.folder.name == "injection-log-PRACTICE-SMG-01-20261122T090000Z"
    assert verify(done.folder, keys=KeyFolder(tmp_path / "none")).ok
    recorded, checkpoint = list(kept.site.ledger.events())[-2:]
    said = recorded.changes[0].new
    assert (recorded.kind, said["sha256"], said["images"]) == ("BackupMade", done.manifest.sha256, 1)
    assert str(tmp_path) not in str(said)
    assert checkpoint.kind == "CheckpointMade"


def test_the_log_in_a_backup_ends_with_a_checkpoint_over_all_of_it(kept: Kept, tmp_path: Path) -> None:
    done = make_backup(kept.session("dagny"), tmp_path / "out")
    report = verify(done.folder, keys=KeyFolder(tmp_path / "none"))
    assert parse_checkpoint(report.checkpoint).size == done.manifest.last_sequence - 1


def test_no_key_is_in_a_backup(kept: Kept, tmp_path: Path) -> None:
    secrets = [path.read_bytes() for path in kept.site.keys.root.rglob("*.key")]
    assert len(secrets) == 2
    done = make_backup(kept.session("dagny"), tmp_path / "out")
    for path in (one for one in done.folder.rglob("*") if one.is_file()):
        content = path.read_bytes()
        for secret in secrets:
            assert secret not in content
            assert secret.hex().encode() not in content
    assert {one.name for one in done.folder.iterdir()} == {"ledger", "images", "backup.json"}


@pytest.mark.parametrize(("change", "words"), [("missing", "is missing"), ("changed", "was changed")])
def test_a_backup_without_an_image_is_not_made_and_the_image_is_named(
    kept: Kept, tmp_path: Path, change: str, words: str
) -> None:
    digest = kept.keep_image(b"another picture")
    image = kept.home.images / digest[:2] / digest
    image.unlink()
    if change == "changed":
        image.write_bytes(b"something else")
    with pytest.raises(BackupFailed, match=f"{digest} {words}.*no backup was made"):
        make_backup(kept.session("dagny"), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    assert "BackupMade" not in {event.kind for event in kept.site.ledger.events()}


def test_an_image_that_only_an_older_event_names_is_in_the_backup(kept: Kept, tmp_path: Path) -> None:
    from injection_log.ledger.event import Actor, Change, EventDraft, Subject

    first, other = kept.keep_image(b"as first received"), kept.keep_image(b"as sent again")
    subject = Subject("image", id=f"2.25.{first[:6]}")
    draft = EventDraft("ImageReplaced", subject, (Change("sha256", first, other),))
    kept.site.ledger.append(Actor("amina", "injector"), [draft], protocol="p1")
    done = make_backup(kept.session("dagny"), tmp_path / "out")
    assert {first, other} <= set(done.manifest.images)
    assert (done.folder / "images" / first[:2] / first).read_bytes() == b"as first received"


def test_a_second_backup_uses_the_images_of_the_first_unless_they_were_changed(kept: Kept, tmp_path: Path) -> None:
    manager = kept.session("dagny")
    first = make_backup(manager, tmp_path / "out")
    second = make_backup(manager, tmp_path / "out")
    (digest,) = first.manifest.images
    old, new = (one.folder / "images" / digest[:2] / digest for one in (first, second))
    assert old.samefile(new)
    old.chmod(0o600)
    old.write_bytes(b"rotten")
    third = make_backup(manager, tmp_path / "out")
    assert check_backup(third.folder).images == third.manifest.images


def test_a_place_that_is_lost_with_the_home_and_a_role_that_may_not_are_refused(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="lost with it"):
        make_backup(kept.session("dagny"), kept.home.root / "backups")
    with pytest.raises(Refused, match="may not back up"):
        make_backup(kept.session("amina"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("flip", "not the one that was copied"),
        ("image", "image file"),
        ("list", "list"),
        ("list-image", "does not name the images"),
        ("gone", "no backup"),
    ],
)
def test_a_backup_that_was_changed_afterwards_is_not_taken(kept: Kept, tmp_path: Path, change: str, words: str) -> None:
    folder = make_backup(kept.session("dagny"), tmp_path / "out").folder
    database, listed = folder / "ledger" / "ledger.sqlite3", folder / "backup.json"
    if change == "flip":
        content = bytearray(database.read_bytes())
        content[len(content) // 2] ^= 1
        database.write_bytes(content)
    elif change == "image":
        next((folder / "images").rglob("??????????*")).write_bytes(b"x")
    elif change == "gone":
        listed.unlink()
    else:
        said = orjson.loads(listed.read_bytes())
        said.update({"images": {}} if change == "list-image" else {"last_sequence": 3})
        listed.write_bytes(orjson.dumps(said))
    with pytest.raises(BackupDamaged, match=words):
        check_backup(folder)


def test_a_full_disk_leaves_no_backup_and_the_log_goes_on(kept: Kept, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=40k", "tmpfs", str(small)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("this user may not mount a small file system")
    try:
        with pytest.raises(DiskFull, match="disk is full"):
            make_backup(kept.session("dagny"), small)
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True, timeout=20)
    kept.note("goes on")


def test_backups_made_while_others_write_are_each_a_whole_log_of_one_moment(kept: Kept, tmp_path: Path) -> None:
    stop, written = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            written.append(kept.note(f"note {len(written)}"))
            time.sleep(0.005)  # a person is slower still

    manager = kept.session("dagny")
    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = []
        while len(done) < 3 or len(written) <= 10:
            done.append(make_backup(manager, tmp_path / "out"))
    finally:
        stop.set()
        writer.join(timeout=30)
    ends = [one.manifest.last_sequence for one in done]
    assert ends == sorted(ends)
    assert all(check_backup(one.folder) for one in done)
    assert verify(kept.home, keys=kept.site.keys).ok


BACKER = """
from pathlib import Path
from kept_site import password
from injection_log.acts.backups import make_backup
from injection_log.home import Home
from injection_log.site import Site, log_in

def work(number, ready):
    site = Site.open(Home(Path(sys.argv[2])))
    session = log_in(site, "dagny", password("dagny"))
    ready()
    while True:
        os.write(1, os.fsencode(make_backup(session, Path(sys.argv[3])).folder) + b"\\n")
"""


def killed_backups(kept: Kept, out: Path, kills: int, seed: int) -> tuple[int, int]:
    """Kill a program that makes backups, again and again; (finished backups, unfinished folders) that were left."""
    for number in range(6):
        kept.keep_image(b"%d " % number * 20_000)
    rounds = kill_at_random(BACKER, kills, 0.25, [kept.home.root, out], seed)
    told = {line for lines in rounds for line in lines}
    assert told <= {str(one) for one in finished_backups(out)}
    for folder in finished_backups(out):
        check_backup(folder)
    return len(finished_backups(out)), len(list(out.glob(".*.unfinished-*")))


def test_a_backup_killed_at_any_moment_leaves_nothing_that_looks_finished(kept: Kept, tmp_path: Path) -> None:
    finished, left = killed_backups(kept, tmp_path / "out", 8, seed=4)
    assert left > 0
    for folder in (tmp_path / "out").glob(".*.unfinished-*"):
        with pytest.raises(BackupDamaged, match="did not finish"):
            read_manifest(folder)
    assert finished == len(list((tmp_path / "out").glob("injection-log-*")))
    assert verify(kept.home, keys=kept.site.keys).ok


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_soak_of_two_hundred_killed_backups(kept: Kept, tmp_path: Path) -> None:
    finished, left = killed_backups(kept, tmp_path / "out", 200, seed=5)
    print(f"\n200 kills of a program that makes backups: {finished} finished, all whole; {left} unfinished, none taken")  # noqa: T201


def test_the_command_makes_a_backup_and_says_that_keys_are_not_in_it(kept: Kept, tmp_path: Path) -> None:
    asked = ["backup", "--out", str(tmp_path / "out"), "--user", "dagny", "--home", str(kept.home.root)]
    done = CliRunner().invoke(assemble(), [*asked, "--password-stdin"], input=password("dagny") + "\n")
    assert done.exit_code == 0, done.output
    assert "Keys are not in it" in done.output
    assert len(finished_backups(tmp_path / "out")) == 1
