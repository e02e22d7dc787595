"""A simulated trial is a real log: verified, with most of what can go otherwise, the same values from the same seed."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from injection_log.acts import deviations, queries, visits
from injection_log.errors import Refused
from injection_log.home import Home
from injection_log.practice.trial_calendar import calendar
from injection_log.practice.trial_story import SimulatedTrial, simulate_trial
from injection_log.practice.world import MONITOR
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, SimulatedTrial]]:
    root = tmp_path_factory.mktemp("trial")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(root / "keys"))
        played = simulate_trial(Home(root / "home"), 3, 1, lambda said: None)
        site = Site.open(Home(root / "home"))
        yield log_in(site, MONITOR.user, MONITOR.password), played
        site.ledger.close()


def records(session: Session) -> list[VisitRecord]:
    return [row.record for row in visits.list_visits(session) if row.record is not None]


def test_every_visit_is_in_the_log_and_the_log_is_verified(trial: tuple[Session, SimulatedTrial]) -> None:
    session, played = trial
    assert played.visits == len(records(session)) == 9
    assert played.signed_glands == 15, "one visit was not done, one gland left unsigned"
    assert verify(session.site.home).ok


def test_one_gland_was_amended_one_visit_not_done_and_pictures_came_later(
    trial: tuple[Session, SimulatedTrial]
) -> None:
    found = records(trial[0])
    assert [one.participant for one in found if one.glands["right"].version > 1] == ["SMG-01"]
    assert [one.participant for one in found if one.not_done] == ["SMG-02"]
    assert [one.participant for one in found if one.glands["left"].additions] == ["SMG-03"]


def test_there_are_queries_of_people_and_checks_and_deviations_reported_and_found(
    trial: tuple[Session, SimulatedTrial]
) -> None:
    session, _ = trial
    asked = queries.list_queries(session)
    assert {bool(query.check) for query in asked} == {True, False}
    assert {one.source for one in deviations.list_deviations(session)} == {"reported", "derived"}


def test_a_home_with_a_log_is_left_alone(tmp_path: Path, trial: tuple[Session, SimulatedTrial]) -> None:
    del tmp_path
    with pytest.raises(Refused, match="There is a log"):
        simulate_trial(trial[0].site.home, 1, 1, lambda said: None)


def test_visits_of_forty_participants_come_in_the_order_of_their_days_and_never_two_at_once() -> None:
    begins = [one.begins for one in calendar(40)]
    assert begins == sorted(set(begins))
    assert len(begins) == 120
