"""A package says nothing: no identifier, date, name or word in any byte of it, no order by size, time or name."""
from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from injection_log.acts import campaign_seen, campaigns
from injection_log.acts.campaign_seen import Leak
from injection_log.home import Home
from injection_log.reading.package_home import PackageHome

if TYPE_CHECKING:
    from conftest import Played

PACKAGES = ("package-1", "package-2")


@pytest.mark.proves("G-02")
@pytest.mark.parametrize("package", PACKAGES)
def test_nothing_in_a_package_says_who_when_or_which_visit(package: str, played: Played) -> None:
    report = campaign_seen.what_could_be_seen(played.manager(), played.campaign.id, played.folder / package)
    assert report.leaks == ()
    assert all(report.searched_for[kind] for kind in ("participant", "visit", "patient", "date", "person of the site"))
    assert report.files > len(report.cases) * 4


@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        (b"SMG-20", "participant"), (b"\x00month_4\x00", "visit"), ("PRACTICE^SMG-21".encode("utf-16-le"), "patient"),
        (b"20260123", "date"), (b"practice injector", "person of the site"),
    ],
)  # fmt: skip
def test_the_search_finds_what_is_planted_in_any_file(
    planted: bytes, kind: str, played: Played, tmp_path: Path
) -> None:
    place = tmp_path / "package"
    shutil.copytree(played.folder / "package-1", place)
    (place / "images" / "notes").write_bytes(b"\x01\x02" + planted + b"\x03")
    report = campaign_seen.what_could_be_seen(played.manager(), played.campaign.id, place)
    assert Leak(kind, "images/notes") in report.leaks


def test_the_search_finds_a_participant_in_the_name_of_a_file(played: Played, tmp_path: Path) -> None:
    place = tmp_path / "package"
    shutil.copytree(played.folder / "package-1", place)
    (place / "smg-20.txt").write_bytes(b"")
    report = campaign_seen.what_could_be_seen(played.manager(), played.campaign.id, place)
    assert Leak("participant", "smg-20.txt") in report.leaks


@pytest.mark.parametrize("package", PACKAGES)
def test_pictures_are_alike_in_length_and_time(package: str, played: Played) -> None:
    files = [path for path in (played.folder / package / "images").rglob("*") if path.is_file()]
    assert {path.stat().st_mtime for path in files} == {946_728_000.0}
    lengths = [path.stat().st_size for path in files]
    assert all(length & (length - 1) == 0 for length in lengths)
    # Grey stills are shorter than coloured ones; of each kind there are as many as cases and glands.
    assert {lengths.count(length) for length in lengths} == {len(files) // len(set(lengths))}


def test_no_code_uid_or_file_of_one_package_is_in_the_other_nor_a_repeat_known_by_its_file(played: Played) -> None:
    found = []
    for package in PACKAGES:
        opened = PackageHome.open(Home(played.folder / package))
        images = opened.ledger.values_of("image:")
        digests = {str(one["sha256"]) for one in images.values()}
        assert len(digests) == len(images) == len(opened.package.cases) * 4
        found.append({*opened.package.cases, *images, *digests, *(str(one["study"]) for one in images.values())})
        opened.ledger.close()
    assert not found[0] & found[1]


def test_each_reader_has_an_order_of_their_own_and_a_repeat_never_follows_its_first(played: Played) -> None:
    campaign = campaigns.find_campaign(played.manager(), played.campaign.id)
    orders = [[name for name, _ in campaign.out[number].codes.values()] for number in (1, 2)]
    assert orders[0] != orders[1]
    for number, order in enumerate(orders, start=1):
        assert len(order) == len(campaign.cases) + 1  # ten of a hundred, rounded up
        stored = PackageHome.open(Home(played.folder / f"package-{number}"))
        names = [campaign.out[number].codes[code][0] for code in stored.package.cases]
        stored.ledger.close()
        assert all(one != after for one, after in pairwise(names))


def test_a_package_says_no_visit_seed_or_share_of_repeats_of_its_design(played: Played) -> None:
    opened = PackageHome.open(Home(played.folder / "package-1"))
    said = opened.package.to_json()
    opened.ledger.close()
    assert set(said) == {"form", "campaign", "user", "task", "planes", "calipers", "grades", "cases", "caliper_error"}
