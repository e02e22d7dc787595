"""A campaign that was played once: two participants at two visits, two readers, packages still there to look at."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from injection_log.home import Home
from injection_log.practice.reading_story import MANAGER, Truths, play_campaign, reading_site
from injection_log.reading.campaign import Campaign
from injection_log.site import Session, Site, log_in


@dataclass(frozen=True)
class Played:
    """The site after the unmasking, what the phantom's truth was, and where the packages lie."""

    site: Site
    truths: Truths
    campaign: Campaign
    folder: Path
    keys: Path

    def manager(self) -> Session:
        return log_in(self.site, MANAGER.user, MANAGER.password)


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, passwords_cost_little: None) -> Iterator[Played]:
    """A whole campaign, unmasked. Shared: tests look, and at most set up further campaigns."""
    del passwords_cost_little
    folder = tmp_path_factory.mktemp("campaign")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(folder / "keys"))
        site, truths = reading_site(Home(folder / "home"), folder, 2, lambda said: None)
        campaign = play_campaign(site, truths, folder, lambda said: None)
        yield Played(site, truths, campaign, folder, folder / "keys")
        site.ledger.close()
