"""A campaign from set-up to unmasking: the table holds what the readers measured, and both verifiers follow it."""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.acts import campaign_results
from injection_log.verify import verify

if TYPE_CHECKING:
    from conftest import Played


def test_after_the_unmasking_the_table_holds_every_read_of_every_gland_near_the_truth(played: Played) -> None:
    rows = campaign_results.reading_rows(played.manager(), played.campaign.id)
    first = [row for row in rows if not row.is_repeat]
    assert len(first) == 2 * 2 * 2 * 2  # participants, visits, glands, readers
    for row in rows:
        true = played.truths[row.participant, row.visit].glands[row.gland].volume_ml * 1000
        assert row.volume_ul is not None
        assert abs(row.volume_ul / true - 1) < 0.25


def test_the_log_of_the_site_and_of_each_package_holds(played: Played) -> None:
    from injection_log.keys import KeyFolder

    keys = KeyFolder(played.keys)
    for home in (played.site.home.root, played.folder / "package-1", played.folder / "package-2"):
        report = verify(home, keys=keys)
        assert report.ok, report.first_wrong
