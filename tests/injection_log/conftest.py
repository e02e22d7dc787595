"""A site with practice users whose passwords cost little, and a clock that moves a second an act."""
from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from injection_log.clock import FixedClock
from injection_log.home import Home
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.practice.world import USERS
from injection_log.protocol.reading import practice_protocol_text
from injection_log.site import NOBODY, Session, Site, log_in

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A practice site with its users, in a home of its own."""
    clock = FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), timedelta(seconds=1))
    made = Site.create(Home(tmp_path / "home"), practice_protocol_text(), "test", clock=clock)
    for one in USERS:
        account = NewAccount(one.user, one.printed_name, one.role, one.password, CHEAP)
        add_account(made.ledger, NOBODY, account, clock=clock, protocol=made.protocol.sha256)
    yield made
    made.ledger.close()


@pytest.fixture
def injector(site: Site) -> Session:
    """The practice injector at work."""
    return log_in(site, "injector", "practice-injector")
