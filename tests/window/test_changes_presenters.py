"""What the window shows of a signed, withdrawn, locked, copied or late record, on a real log without a window."""
from __future__ import annotations

from datetime import timedelta

import pytest
from kept_once import import_kept, keep_once
from opened_window import practice_site
from signed_visits import filled_visit, reviewed, signed_visit

from annotate.marks import Caliper
from dicom_io.calibration import Point
from injection_log.acts import facts, people, queries, signing, visits
from injection_log.errors import Refused
from injection_log.ledger.event import Subject
from injection_log.people.renewing import NewPassword
from injection_log.practice.world import USERS
from injection_log.record.reading import gland_subject
from injection_log.record.signed_text import sections_of
from injection_log.site import log_in
from injection_log_napari.canvas.interface import KeyEvent
from injection_log_napari.presenters.list_acts import ListActs
from injection_log_napari.presenters.queries_list import QueriesPresenter
from injection_log_napari.presenters.question import Asking, Question
from injection_log_napari.presenters.room import RoomPresenter
from injection_log_napari.presenters.room_state import Wish
from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.presenters.thumbs import LATER, thumbs_of
from injection_log_napari.presenters.visit_shown import visit_shown
from injection_log_napari.presenters.work_list import Listed, WorkListPresenter
from injection_log_napari.session_desk import SessionDesk
from injection_log_napari.session_list import SessionList
from injection_log_napari.session_queries import SessionQueries

PASSWORDS = {one.user: one.password for one in USERS}
VISIT = ("SMG-07", "injection")


@pytest.fixture
def site(tmp_path):
    made = practice_site(tmp_path)
    yield made
    made.ledger.close()


@pytest.fixture
def who(site):
    """Log somebody in by name."""
    return lambda user: log_in(site, user, PASSWORDS[user])


@pytest.fixture
def signed(who):
    return signed_visit(who("injector"))


@pytest.fixture
def room_of(who, site):
    """The room of the injection visit, as somebody sees it."""

    def opened(user: str) -> RoomPresenter:
        session = who(user)
        desk = SessionDesk(session, visits.find_visit(session, *VISIT))
        return RoomPresenter(desk, lambda wish: None, lambda: None, lambda: None)

    return opened


def listed_by(session) -> Listed:
    return Listed(lambda after: visits.visits_page(session, after=after), lambda one: visits.visits_of(session, one))


class List:
    """The work list of one person, with its acts."""

    def __init__(self, session) -> None:
        self.presenter = WorkListPresenter(
            listed_by(session), lambda *visit: visits.open_visit(session, *visit), lambda _id: True
        )
        self.asking = Asking(lambda: None)
        self.acts = ListActs(SessionList(session), self.asking, self.done)

    def done(self, sentence: str) -> None:
        self.presenter.refresh()
        self.presenter.say(sentence)

    @property
    def row(self):
        return next(row for row in self.presenter.state.rows if row.visit == "injection")

    def do(self, act: str, choice: str, words: str) -> bool:
        assert act in self.acts.offered(self.row)
        self.acts.ask(act, self.row)
        if choice:
            self.asking.choose(choice)
        return self.asking.answer(words)


def test_a_question_keeps_what_is_asked_and_says_why_an_answer_is_refused():
    asking = Asking(lambda: None)

    def refuses(chosen, words):
        raise Refused("reason_owed", "Give the reason.")

    asking.ask(Question("Why?", "Go on"), refuses)
    assert not asking.answer("")
    assert (asking.asked.question.title, asking.asked.said) == ("Why?", "Give the reason.")


def test_the_sentence_says_what_enter_does_with_an_open_question(who, signed):
    injector = List(who("injector"))
    injector.acts.ask("withdraw", injector.row)
    assert injector.asking.sentence == "Choose one of the answers, then press Enter; Esc leaves it."
    injector.asking.choose("twice")
    name = f"SMG-07, {injector.row.visit_title}"
    assert injector.asking.sentence == f"Press Enter to withdraw {name}; Esc leaves it."
    injector.asking.answer("")
    assert injector.asking.sentence == ""
    injector.acts.ask("reinstate", injector.row)
    assert injector.asking.sentence == f"Write it in the line. Press Enter to reinstate {name}; Esc leaves it."


def test_the_sentence_names_what_is_locked(who, signed):
    reviewed(who("investigator"), signed)
    investigator = List(who("investigator"))
    investigator.acts.ask("lock", investigator.row)
    investigator.asking.choose("right")
    assert investigator.asking.sentence == "Press Enter to lock the right gland; Esc leaves it."


def test_while_the_room_asks_enter_is_the_answer_and_the_sentence_says_so(who, signed):
    wishes = []
    desk = SessionDesk(who("injector"), visits.find_visit(who("injector"), *VISIT))
    room = RoomPresenter(desk, wishes.append, lambda: None, lambda: None)
    room.go("right")
    room.changing.ask_to_amend("right")
    room.asking.choose("typing")
    assert room.sentence == Sentence("Press Enter for: Begin version 2; Esc leaves it.", "next")
    room.go_next()
    assert (wishes[-1], room.step) == (Wish("question"), "right")
    room.key(KeyEvent("Escape"))
    assert not room.asks_in_a_card


def test_a_visit_is_withdrawn_and_reinstated_from_the_list_with_reasons(who, signed):
    injector = List(who("injector"))
    assert injector.do("withdraw", "twice", "")
    assert injector.row.is_gone
    assert injector.acts.offered(injector.row) == {"reinstate"}
    assert injector.do("reinstate", "", "it was not recorded twice")
    assert not injector.row.is_gone


def test_a_withdrawn_visit_is_read_only_and_says_by_whom_and_why(who, signed, room_of):
    List(who("injector")).do("withdraw", "consent", "")
    room = room_of("injector")
    why = room.glands["right"].state.access.why
    assert "withdrawn by Practice Injector" in why
    assert "consent was withdrawn" in why
    assert (room.banner.standing, room.review.to_sign) == ("withdrawn", ())


def test_a_visit_that_was_not_begun_can_be_recorded_as_not_done(who, site):
    injector = List(who("injector"))
    assert injector.do("not_done", "absent", "")
    assert injector.row.is_gone
    assert "is recorded as not done" in injector.presenter.state.said


def test_what_a_wider_lock_holds_is_unlocked_where_it_was_locked(who, signed):
    reviewed(who("investigator"), signed)
    investigator = List(who("investigator"))
    assert investigator.do("lock", "participant", "")
    assert {gland.state for gland in investigator.row.record.glands.values()} == {"locked"}
    investigator.acts.ask("unlock", investigator.row)
    assert [value for value, _ in investigator.asking.asked.question.choices] == ["participant"]
    assert investigator.asking.answer("a volume is wrong")
    assert {gland.state for gland in investigator.row.record.glands.values()} == {"reviewed"}


def test_unlocking_owes_a_reason_and_keeps_the_question(who, signed):
    reviewed(who("investigator"), signed)
    investigator = List(who("investigator"))
    investigator.do("lock", "both", "")
    assert not investigator.do("unlock", "right", "")
    assert "reason" in investigator.asking.asked.said


def test_who_only_reads_begins_at_a_visit_that_was_begun(who, signed):
    monitor = who("monitor")
    listed = WorkListPresenter(
        listed_by(monitor), lambda *visit: visits.open_visit(monitor, *visit), lambda _id: True,
        may_begin=False,
    )
    assert listed.state.rows[listed.state.chosen].visit == "injection"
    assert listed.state.said.startswith("Press Enter to read SMG-07")


def test_a_monitor_is_offered_nothing_that_changes_a_record(who, signed, room_of):
    assert List(who("monitor")).acts.of_role == ()
    room = room_of("monitor")
    access = room.glands["right"].state.access
    assert (access.is_open, access.takes_marks, access.may_amend) == (False, False, False)
    assert not room.set_fact_of("right", "syringe_code", "SYR-2099")


def test_an_amendment_without_a_change_gives_the_old_signature_back(signed, room_of):
    room = room_of("injector")
    room.changing.ask_to_amend("right")
    room.asking.choose("typing")
    assert room.asking.answer("")
    assert room.glands["right"].state.is_open
    room.changing.end_unchanged("right")
    assert room.banner.standing == "signed, v1"


def test_a_fact_of_the_visit_says_which_gland_is_to_be_amended_first(signed, room_of):
    room = room_of("injector")
    room.changing.ask_to_amend("right")
    room.asking.choose("typing")
    room.asking.answer("")
    assert room.why_facts_are_closed.endswith("amend the left gland first.")


def test_pictures_that_came_after_signing_are_shown_measured_and_signed_for(
    phantom_visit, tmp_path, who, signed, room_of
):
    still = min(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)
    findings = keep_once([still], tmp_path / "images")
    import_kept(who("injector"), signed, findings, tmp_path / "images")
    room = room_of("injector")
    desk = room._desk
    assert {thumb.group for thumb in thumbs_of(desk, room.picture)} == {LATER}
    assert "New pictures since signing: 1" in room.glands["right"].state.access.why
    room.changing.ask_to_add("right")
    room.asking.choose("late")
    assert room.asking.answer("")
    uid = desk.record.images[0].sop_instance_uid
    desk.header_came(desk.read_header(uid))
    desk.place("right", (uid, 0), Caliper("length", Point(300, 200), Point(300, 400)))
    assert [(one.kind, one.side) for one in room.review.to_sign] == [("addition", "right")]
    assert room.review.begin()
    assert room.review.sign("injector", PASSWORDS["injector"])
    shown = room.review.state.glands[0]
    assert "Addition 1 signed by Practice Injector" in shown.signed
    signed_sections = sections_of(desk.record.glands["right"].signature.rendering)
    assert shown.sections[: len(signed_sections)] == signed_sections
    assert "Addition" in [section.title for section in shown.sections[len(signed_sections) :]]


def test_a_late_time_asks_for_its_reason_under_itself(who, site, room_of):
    filled_visit(who("injector"))
    site.clock.advance(timedelta(days=2))
    room = room_of("injector")
    before = room.glands["right"].state.after
    assert "late_reason" not in [row.name for row in before]
    start = next(row.text for row in before if row.name == "injection_start")
    later = f"{start[:3]}{int(start[3:]) + 1:02d}"
    assert room.set_fact_of("right", "injection_start", later)
    rows = [row.name for row in room.glands["right"].state.after]
    assert rows[rows.index("injection_start") + 1] == "late_reason"


def test_a_time_to_come_is_refused_under_its_field(who, site, room_of):
    filled_visit(who("injector"))
    room = room_of("injector")
    assert not room.set_fact_of("right", "injection_end", "23:59")
    row = next(one for one in room.glands["right"].state.after if one.name == "injection_end")
    assert (row.text, bool(row.refused)) == ("23:59", True)


def test_a_visit_copied_from_paper_says_of_which_day_and_by_whom(who, room_of):
    visits.open_visit(who("injector"), *VISIT)
    room = room_of("injector")
    room.changing.ask_for_paper()
    assert room.asking.answer(room._desk.record.day.isoformat())
    assert room.asking.asked is not None
    assert room.asking.answer("Dr. Paper")
    shown = visit_shown(room._desk, room.visit_rows, room.talk)
    assert "written by Dr. Paper" in shown.paper
    assert not shown.may_flag_paper


def test_a_finding_stands_beside_its_field_and_keeps_nobody_from_signing(who, room_of):
    injector = who("injector")
    record = filled_visit(injector)
    facts.set_fact(injector, record, "right", "deposit_volumes_ul", "0,2 0,2")
    room = room_of("injector")
    row = next(one for one in room.glands["right"].state.after if one.name == "deposit_volumes_ul")
    assert row.findings
    assert [one.side for one in room.review.to_sign] == ["right", "left"]


def test_a_query_of_one_person_is_not_for_another_to_close(who, signed, room_of):
    about = gland_subject(*VISIT, "right")
    queries.open_query(who("monitor"), about, "syringe_code", "please compare with the label")
    room = room_of("manager")
    room.talk.talk("right", "syringe_code", "Syringe code")
    assert room.asking.asked.question.confirm == ""


def test_the_list_of_queries_filters_and_leads_to_the_value(who, signed):
    queries.open_query(who("monitor"), gland_subject(*VISIT, "left"), "syringe_code", "please compare")
    listed = QueriesPresenter(SessionQueries(who("monitor")), lambda: None)
    (line,) = listed.state.lines
    assert (line.participant, line.visit, line.side, line.field) == (*VISIT, "left", "syringe_code")
    listed.filter("no such words")
    assert listed.state.lines == ()
    listed.show("checks")
    listed.filter("")
    assert any("images" in line.field for line in listed.state.lines)


def test_the_list_of_queries_is_there_before_the_checks_have_read_every_record(who, signed):
    later = []
    listed = QueriesPresenter(SessionQueries(who("monitor")), lambda: None, lambda *work: later.append(work))
    assert (listed.state.counts["open"], listed.state.counts["checks"]) == (0, None)
    listed.show("checks")
    assert "reading every record" in listed.state.said
    ((work, came, failed),) = later
    came(work())
    assert listed.state.counts["checks"] > 0
    listed.refresh()
    failed(RuntimeError("of the reading before"))
    assert not listed.state.is_refusal
    later[1][2](RuntimeError("no room"))
    assert listed.state.is_refusal


def test_a_data_manager_lets_the_checks_ask(who, site, signed):
    site.clock.advance(timedelta(days=2))
    listed = QueriesPresenter(SessionQueries(who("manager")), lambda: None)
    listed.let_checks_ask()
    assert listed.state.said.startswith("The checks opened")
    assert listed.state.counts["open"] > 0


def test_a_value_compared_with_its_source_shows_who_did_it_until_it_changes(who, signed, room_of):
    room = room_of("monitor")
    room.talk.tick("right", "syringe_code")
    mark = room.talk.mark("right", "syringe_code")
    assert "Practice Monitor" in mark.verified
    assert not mark.may_verify
    assert room_of("injector").talk.mark("right", "syringe_code").verified == mark.verified


def test_a_source_mark_made_by_mistake_is_asked_about_and_taken_back(signed, room_of):
    room = room_of("monitor")
    room.talk.tick("right", "syringe_code")
    room.talk.tick("right", "syringe_code")
    assert "Was that a mistake?" in room.asking.asked.question.title
    assert room.talk.mark("right", "syringe_code").verified
    assert room.asking.answer("")
    mark = room.talk.mark("right", "syringe_code")
    assert (mark.verified, mark.may_verify) == ("", True)
    assert not room_of("injector").talk.mark("right", "syringe_code").may_verify


def test_sizes_and_needle_are_asked_about_beside_themselves(signed, room_of):
    monitor = room_of("monitor")
    monitor.talk.talk("right", "caliper.width", "Width")
    monitor.asking.answer("why was it not measured?")
    monitor.talk.talk("right", "needle_mark", "needle")
    monitor.asking.answer("why is there no mark?")
    state = room_of("injector").glands["right"].state
    assert {row.axis: row.mark.tone for row in state.sizes} == {"length": "", "width": "open", "depth": ""}
    assert state.needle_mark.tone == "open"
    assert state.elsewhere.waiting == ()


def test_the_banner_says_where_the_two_glands_differ(signed, room_of):
    room = room_of("injector")
    assert room.banner.standing == "signed, v1"
    room.changing.ask_to_amend("left")
    room.asking.choose("typing")
    room.asking.answer("the code")
    room.go("review")
    assert room.banner.standing == "R signed v1  L complete v2"


def test_a_key_that_nobody_confirmed_stands_beside_its_signature(signed, room_of, monkeypatch):
    room = room_of("monitor")
    told = {Subject("user", id="injector").key: "key not yet confirmed"}
    monkeypatch.setattr(
        "injection_log_napari.session_changes.signature_standing",
        lambda values, user, stored: told[Subject("user", id=user).key],
    )
    assert room.review.state.glands[0].signed.endswith("▲ key not yet confirmed")


def test_after_a_real_reset_the_new_key_is_unconfirmed_beside_its_signature_until_somebody_confirms_it(
    who, site, room_of
):
    new = "four yellow plums"
    code = people.reset_password(who("admin"), "injector", "forgot the password")
    session = people.log_in_with_code(site, NewPassword("injector", code, new))
    record = filled_visit(session)
    shown = signing.render(session, record, "right").sha256
    proof = signing.Proof("injector", new, shown)
    signing.sign_gland(session, record, "right", proof, signing.meaning_for(record, "right"))
    assert "▲ key not yet confirmed" in room_of("monitor").review.state.glands[0].signed
    people.confirm_key(who("investigator"), "injector")
    assert "not yet confirmed" not in room_of("monitor").review.state.glands[0].signed
