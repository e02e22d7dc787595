"""The table of readings: nothing before two people unmasked the campaign, every read of every gland afterwards."""
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from injection_log.acts import campaigns, trial_lists
from injection_log.acts.campaign_results import reading_rows
from injection_log.acts.trial_lists import reading_table

if TYPE_CHECKING:
    from conftest import Played


def test_every_read_of_an_unmasked_campaign_is_a_row(played: Played) -> None:
    manager = played.manager()
    rows, known = reading_table(manager).rows, reading_rows(manager, played.campaign.id)
    assert len(rows) == len(known) > 8
    assert {str(row["campaign"]) for row in rows} == {played.campaign.id}
    key = ("participant", "visit", "side", "reader", "is_repeat", "method")
    said = {tuple(row[name] for name in key): row for row in rows}
    assert len(said) == len(rows)
    one = next(one for one in known if one.volume_ul)
    row = said[one.participant, one.visit, one.gland, one.reader, "yes" if one.is_repeat else "no", one.method]
    assert row["gland_volume_ml"] == Decimal(one.volume_ul or 0) / 1000
    assert row["code"] == one.code


def test_a_campaign_that_is_not_unmasked_gives_no_row(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    masked = [replace(one, is_unmasked=False) for one in campaigns.list_campaigns(played.manager())]
    monkeypatch.setattr(trial_lists, "list_campaigns", lambda session: masked)
    assert reading_table(played.manager()).rows == ()
