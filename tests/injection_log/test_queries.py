"""Questions about values: one table of what can happen, numbers that two people cannot share, and who may do what."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product

import pytest

from injection_log.acts import facts, queries, visits
from injection_log.acts.people import close_account
from injection_log.clock import FixedClock
from injection_log.errors import Refused
from injection_log.record.queries import ACTS, STATES, TRANSITIONS, QueryAct, QueryState, next_state
from injection_log.record.reading import gland_subject
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify

LEFT = gland_subject("SMG-07", "injection", "left")
LEADS_TO = {
    ("open", "answer"): "answered", ("open", "close"): "closed",
    ("answered", "close"): "closed", ("answered", "reopen"): "open", ("closed", "reopen"): "open",
}


@pytest.fixture
def record(injector: Session) -> VisitRecord:
    """An injection visit with one volume of the left gland."""
    opened = visits.open_visit(injector, "SMG-07", "injection")
    opened = facts.set_fact(injector, opened, "left", "injected", "yes")
    return facts.set_fact(injector, opened, "left", "volume_residual_ul", "0,05")


def at_work(site: Site, user: str) -> Session:
    """A practice user at work."""
    return log_in(site, user, f"practice-{user}")


@pytest.fixture
def monitor(site: Site, record: VisitRecord) -> Session:
    """The practice monitor at work."""
    return at_work(site, "monitor")


@pytest.mark.parametrize(("state", "act"), list(product(STATES, ACTS)))
def test_every_pair_of_state_and_act_leads_where_the_table_says(state: QueryState, act: QueryAct) -> None:
    assert next_state(state, act) == LEADS_TO.get((state, act))
    assert set(TRANSITIONS) == set(LEADS_TO)


def _in_state(site: Site, monitor: Session, injector: Session, state: QueryState) -> str:
    asked = queries.open_query(monitor, LEFT, "volume_residual_ul", "Please compare with the paper form")
    if state == "answered":
        queries.answer_query(injector, asked.id, "Compared, it is right")
    if state == "closed":
        queries.close_query(monitor, asked.id)
    return asked.id


@pytest.mark.parametrize(("state", "act"), list(product(STATES, ACTS)))
def test_the_acts_do_what_the_table_says_and_refuse_the_rest(
    site: Site, monitor: Session, injector: Session, state: QueryState, act: QueryAct
) -> None:
    number = _in_state(site, monitor, injector, state)
    does = {
        "answer": lambda: queries.answer_query(injector, number, "It is as written"),
        "close": lambda: queries.close_query(monitor, number, "settled"),
        "reopen": lambda: queries.reopen_query(monitor, number, "Which of the two is right?"),
    }[act]
    head = site.ledger.head()
    if (state, act) in LEADS_TO:
        assert does().state == LEADS_TO[state, act]
    else:
        with pytest.raises(Refused, match=f"is {state} and cannot be"):
            does()
        assert site.ledger.head() == head


def test_a_question_carries_the_value_and_says_when_it_has_changed(
    monitor: Session, injector: Session, record: VisitRecord
) -> None:
    asked = queries.open_query(monitor, LEFT, "volume_residual_ul", "Please compare with the paper form")
    assert (asked.id, asked.value, asked.now, asked.has_changed) == ("Q-0001", 50, 50, False)
    facts.set_fact(injector, record, "left", "volume_residual_ul", "0.10")
    after = queries.find_query(monitor, asked.id)
    assert (after.value, after.now, after.has_changed) == (50, 100, True)


def test_a_question_about_the_whole_record_sees_any_change(
    monitor: Session, injector: Session, record: VisitRecord
) -> None:
    asked = queries.open_query(monitor, LEFT, "", "Is this the record of the left gland?")
    assert not asked.has_changed
    facts.set_fact(injector, record, "left", "needle", "25G-40mm")
    assert queries.find_query(monitor, asked.id).has_changed


def test_two_people_who_ask_at_once_get_a_number_each(site: Site, monitor: Session, record: VisitRecord) -> None:
    manager = at_work(site, "manager")

    def ask(session: Session) -> list[str]:
        return [queries.open_query(session, LEFT, "needle", f"Which needle was it {n}?").id for n in range(5)]

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(ask, (monitor, manager))
    assert sorted(first + second) == [f"Q-{number:04d}" for number in range(1, 11)]
    assert [one.id for one in queries.list_queries(monitor)] == sorted(first + second)


def test_of_two_answers_at_one_moment_one_is_kept(site: Site, monitor: Session, injector: Session) -> None:
    asked = queries.open_query(monitor, LEFT, "volume_residual_ul", "Please compare with the paper form")

    def answer(words: str) -> str:
        try:
            return queries.answer_query(injector, asked.id, words).messages[-1].text
        except Refused:
            return "refused"

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(answer, ("it is right", "it is wrong")))
    assert answers.count("refused") == 1
    assert [one.text for one in queries.find_query(monitor, asked.id).messages[1:]] == [
        one for one in answers if one != "refused"
    ]


@pytest.mark.parametrize("user", ["injector", "operator", "investigator", "admin"])
def test_the_site_may_not_ask(site: Site, record: VisitRecord, user: str) -> None:
    with pytest.raises(Refused, match="may not open query"):
        queries.open_query(at_work(site, user), LEFT, "needle", "Which needle was it?")


@pytest.mark.parametrize("user", ["monitor", "manager", "admin"])
def test_who_looks_on_may_not_answer(site: Site, monitor: Session, user: str) -> None:
    asked = queries.open_query(monitor, LEFT, "needle", "Which needle was it?")
    with pytest.raises(Refused, match="may not answer query"):
        queries.answer_query(at_work(site, user), asked.id, "It was the short one")


def test_only_who_asked_closes_a_question(site: Site, monitor: Session) -> None:
    asked = queries.open_query(monitor, LEFT, "needle", "Which needle was it?")
    with pytest.raises(Refused, match="asked by Practice Monitor, who closes it"):
        queries.close_query(at_work(site, "manager"), asked.id)
    assert queries.close_query(monitor, asked.id).state == "closed"


def test_a_data_manager_closes_the_question_of_somebody_who_has_left(site: Site, record: VisitRecord) -> None:
    asked = queries.open_query(at_work(site, "monitor"), LEFT, "needle", "Which needle was it?")
    close_account(at_work(site, "admin"), "monitor", "left the trial")
    assert queries.close_query(at_work(site, "manager"), asked.id).state == "closed"


def test_who_asks_again_is_who_closes(site: Site, monitor: Session, injector: Session) -> None:
    asked = queries.open_query(monitor, LEFT, "needle", "Which needle was it?")
    queries.answer_query(injector, asked.id, "The short one")
    manager = at_work(site, "manager")
    queries.reopen_query(manager, asked.id, "How long is the short one?")
    with pytest.raises(Refused, match="asked by Practice Data Manager"):
        queries.close_query(monitor, asked.id)
    assert queries.close_query(manager, asked.id).state == "closed"


@pytest.mark.proves("F-11")
def test_no_act_on_a_question_changes_the_record(site: Site, monitor: Session, injector: Session) -> None:
    before = site.ledger.values_of("gland:") | site.ledger.values_of("visit:")
    asked = queries.open_query(monitor, LEFT, "volume_residual_ul", "Please compare with the paper form")
    queries.answer_query(injector, asked.id, "It is as written")
    queries.reopen_query(monitor, asked.id, "Please look again")
    queries.close_query(monitor, asked.id)
    assert site.ledger.values_of("gland:") | site.ledger.values_of("visit:") == before
    assert verify(site.home).ok


@pytest.mark.parametrize("words", ["smelled of DMSO zebra", "zebra dm\u200bso", "?!", "x" * 401, "two\nlines"])
def test_a_text_that_may_not_be_kept_is_in_no_file_of_the_home(site: Site, monitor: Session, words: str) -> None:
    with pytest.raises(Refused):
        queries.open_query(monitor, LEFT, "needle", words)
    assert queries.list_queries(monitor) == ()
    for path in site.home.root.rglob("*"):
        assert not path.is_file() or b"zebra" not in path.read_bytes()


@pytest.mark.parametrize("field", ["kit_code", "verified.needle", "state", "nothing"])
def test_a_field_that_the_record_does_not_have_cannot_be_asked_about(monitor: Session, field: str) -> None:
    with pytest.raises(Refused, match="no field of this name"):
        queries.open_query(monitor, LEFT, field, "Which one was it?")


def test_a_visit_that_was_not_begun_cannot_be_asked_about(monitor: Session) -> None:
    with pytest.raises(Refused, match="no record"):
        queries.open_query(monitor, gland_subject("SMG-07", "month_4", "left"), "", "Where is it?")


def test_lists_are_of_one_state_one_participant_or_ones_own(site: Site, monitor: Session, injector: Session) -> None:
    first = queries.open_query(monitor, LEFT, "needle", "Which needle was it?")
    manager = at_work(site, "manager")
    second = queries.open_query(manager, LEFT, "injected", "Was it injected?")
    queries.answer_query(injector, first.id, "The short one")
    assert [one.id for one in queries.list_queries(monitor, "open")] == [second.id]
    assert [one.id for one in queries.list_queries(manager, mine=True)] == [second.id]
    assert [one.id for one in queries.list_queries(injector, mine=True)] == [first.id]
    assert [one.id for one in queries.list_queries(monitor, participant="smg-07")] == [first.id, second.id]
    assert queries.list_queries(monitor, participant="SMG-08") == ()


def _wait(site: Site, hours: int) -> None:
    assert isinstance(site.clock, FixedClock)
    site.clock.advance(timedelta(hours=hours))


def test_checks_ask_about_a_record_that_nobody_writes_any_more(site: Site, monitor: Session) -> None:
    assert queries.open_queries_of_checks(monitor).opened == ()
    _wait(site, 72)
    opened = queries.open_queries_of_checks(monitor).opened
    asked = {(one.check, one.field) for one in opened if one.about == LEFT}
    assert ("missing", "volume_loaded_ul") in asked
    assert all(one.check_version >= 1 for one in opened)
    assert queries.open_queries_of_checks(monitor).opened == ()


def test_a_check_closes_its_question_once_it_no_longer_finds(
    site: Site, monitor: Session, injector: Session, record: VisitRecord
) -> None:
    _wait(site, 72)
    queries.open_queries_of_checks(monitor)
    facts.set_fact(injector, record, "left", "needle", "25G-40mm")
    closed = queries.open_queries_of_checks(monitor).closed
    assert [(one.field, one.state, one.messages[-1].text) for one in closed] == [
        ("needle", "closed", "The check no longer finds this.")
    ]
    facts.set_fact(injector, visits.find_visit(injector, "SMG-07", "injection"), "left", "needle", "")
    assert [one.field for one in queries.open_queries_of_checks(monitor).opened] == ["needle"]


def test_what_a_person_closed_is_not_asked_again_while_the_value_is_the_same(site: Site, monitor: Session) -> None:
    _wait(site, 72)
    opened = queries.open_queries_of_checks(monitor).opened
    with pytest.raises(Refused):
        queries.close_query(monitor, opened[0].id, "seen on paper")
    manager = at_work(site, "manager")
    queries.close_query(manager, opened[0].id, "seen on paper")
    assert queries.open_queries_of_checks(monitor).opened == ()
