"""Accounts in the window: a one-time code, one's own page, what an administrator sees, the clock and the idle lock."""
from __future__ import annotations

from datetime import timedelta

import pytest
from opened_window import practice_site, wait

from injection_log.acts import people
from injection_log.people.errors import NewPasswordOwed
from injection_log.site import log_in
from injection_log_napari.presenters.account import AccountPresenter
from injection_log_napari.presenters.idle import LOCK_AFTER_S, WARN_AFTER_S, Idle
from injection_log_napari.presenters.log_in import LogInPresenter, LogInState
from injection_log_napari.presenters.review import ReviewPresenter

NEW = "four yellow plums"


class Seconds:
    """A steady clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Opened:
    """A window on a practice site; nobody is logged in unless a user is given."""

    def __init__(self, app, root, user: str = "") -> None:
        from injection_log_napari.window import make_window

        self.app, self.site, self.seconds = app, practice_site(root), Seconds()
        self.session = log_in(self.site, user, f"practice-{user}") if user else None
        self.window = make_window(self.site, session=self.session, canvas="plain")
        self.window.idle = Idle(self.seconds)
        self.window.resize(1366, 768)
        self.window.show()
        wait(app, lambda: self.window.zone.canvas is not None)

    @property
    def page(self):
        return self.window.stack.currentWidget()

    def kinds(self) -> list[str]:
        return [event.kind for event in self.site.ledger.events()]

    def enter(self, user: str, password: str) -> None:
        self.window.log_in.user.setText(user)
        self.window.log_in.password.setText(password)
        self.window.log_in.go.click()

    def begin_visit(self):
        self.window.work_list.table.selectRow(1)
        self.window.work_list.open_chosen()
        return self.window.room


@pytest.fixture
def opened(app, tmp_path):
    made = []

    def open_window(user: str = "") -> Opened:
        made.append(Opened(app, tmp_path, user))
        return made[-1]

    yield open_window
    for one in made:
        one.window.close()


# ---- presenters ----
def refuse_with_code(_user: str, _password: str):
    raise NewPasswordOwed


def test_a_one_time_code_leads_to_a_password_of_ones_own():
    chosen = []
    page = LogInPresenter(refuse_with_code, LogInState(), lambda *typed: chosen.append(typed) or "session")
    assert page.enter("amina", "7K2M-Q8RT-0XWC-3N5E") is None
    assert page.state.owes_password
    assert page.choose("7K2M-Q8RT-0XWC-3N5E", NEW, NEW) == "session"
    assert chosen == [("amina", "7K2M-Q8RT-0XWC-3N5E", NEW)]
    assert not page.state.owes_password


@pytest.mark.parametrize(("new", "again"), [("", ""), (NEW, "another one")])
def test_a_password_typed_differently_twice_is_not_tried(new, again):
    page = LogInPresenter(refuse_with_code, LogInState(), lambda *_typed: pytest.fail("it was tried"))
    page.enter("amina", "7K2M-Q8RT-0XWC-3N5E")
    assert page.choose("7K2M-Q8RT-0XWC-3N5E", new, again) is None
    assert page.state.said
    assert page.state.owes_password


def test_the_idle_lock_warns_after_eight_minutes_and_locks_after_ten():
    seconds = Seconds()
    idle = Idle(seconds)
    seen = []
    for at in (0, WARN_AFTER_S - 1, WARN_AFTER_S, LOCK_AFTER_S - 1, LOCK_AFTER_S, 9 * 3600):
        seconds.now = 1_000 + at
        seen.append(idle.does)
    assert seen == ["nothing", "nothing", "warn", "warn", "lock", "lock"]
    assert (WARN_AFTER_S, LOCK_AFTER_S) == (480, 600)
    idle.touch()
    assert (idle.does, idle.warning) == ("nothing", "")


def test_the_warning_counts_down():
    seconds = Seconds()
    idle = Idle(seconds)
    seconds.now += 9 * 60 + 15
    assert "locks in 0:45" in idle.warning


def test_the_first_gland_asks_for_the_id_again_after_every_interruption(desk):
    desk.missing = lambda side=None: ()
    review = ReviewPresenter(desk, lambda: None)
    assert review.begin()
    assert review.signing.asks_user
    assert review.sign("injector", "right password")
    assert not review.signing.asks_user
    review.begin()  # the dialog was closed, by the lock or by a person, and is opened again
    assert review.signing.asks_user
    assert not review.sign("", "right password")


# ---- the window ----
def test_a_code_typed_at_the_log_in_makes_a_new_key_and_says_what_is_owed(opened):
    one = opened()
    admin = log_in(one.site, "admin", "practice-admin")
    code = people.reset_password(admin, "injector", "forgot the password")
    one.enter("injector", code)
    assert one.window.log_in.new.isVisible()
    one.window.log_in.new.setText(NEW)
    one.window.log_in.again.setText(NEW)
    one.window.log_in.go.click()
    assert one.page is one.window.work_list
    one.window.work_list.other_ways["My account"].click()
    assert "not yet confirmed" in one.page._said.text()
    assert one.kinds().count("PasswordReset") == 1


def test_the_password_is_changed_on_ones_own_page(opened):
    one = opened("injector")
    one.window.show_account()
    for field, text in ((one.page.old, "practice-injector"), (one.page.new, NEW), (one.page.again, NEW)):
        field.setText(text)
    one.page.change.click()
    assert "is changed" in one.page._said.text()
    assert (one.page.old.text(), one.page.new.text(), one.page.again.text()) == ("", "", "")
    one.page.leave.click()
    assert one.page is one.window.work_list
    assert log_in(one.site, "injector", NEW).account.user == "injector"


def test_a_refused_change_is_said_and_changes_nothing(opened):
    one = opened("injector")
    presenter = AccountPresenter(
        one.session.account, "", lambda old, new: people.change_own_password(one.session, old, new)
    )
    assert not presenter.change("wrong password", NEW, NEW)
    assert presenter.state.is_refusal
    assert log_in(one.site, "injector", "practice-injector")


def test_an_administrator_sees_accounts_and_no_record(opened):
    one = opened("admin")
    assert one.window.work_list is None
    assert one.window.room is None
    rows = {one.page.people.item(row, 0).text() for row in range(one.page.people.rowCount())}
    assert {"injector", "monitor", "admin"} <= rows
    assert "AccessDenied" not in one.kinds()
    one.page.leave.click()
    assert one.page is one.window.log_in
    assert one.kinds()[-2:] == ["LoggedOut", "CheckpointMade"]


def test_log_out_lock_and_close_are_in_the_log(opened):
    one = opened("injector")
    one.window.lock()
    one.enter("monitor", "practice-monitor")
    one.window.close()
    told = [kind for kind in one.kinds() if kind in ("LoggedIn", "LoggedOut", "ScreenLocked")]
    assert told == ["LoggedIn", "ScreenLocked", "LoggedIn", "LoggedOut", "LoggedOut"]
    (locked,) = [event for event in one.site.ledger.events() if event.kind == "ScreenLocked"]
    assert (locked.actor.user, locked.reason) == ("injector", "by hand")


def test_a_hundred_idle_locks_lose_no_character(opened):
    one = opened("injector")
    room = one.begin_visit()
    editor = room.participant.form.fields["kit_code"].editor
    typed = "a kit code that nobody finished typing"
    for place in range(100):
        editor.setText(typed[: place % len(typed)])
        one.seconds.now += WARN_AFTER_S
        one.window.tick()
        assert "locks in 2:00" in one.window.notices.text
        one.seconds.now += LOCK_AFTER_S - WARN_AFTER_S
        one.window.tick()
        assert one.page is one.window.log_in
        assert "locks" not in one.window.notices.text
        one.window._entered(one.session)
        assert one.page is room
        assert editor.text() == typed[: place % len(typed)]
    assert [event.reason for event in one.site.ledger.events() if event.kind == "ScreenLocked"] == ["idle"] * 100


def test_a_clock_that_was_set_is_told_over_every_page(opened):
    one = opened("injector")
    assert not one.window.notices.isVisible()
    one.site.clock.set_by(timedelta(minutes=-5))
    one.window._ticks = 0
    one.window.tick()
    assert "was set back by 5 minutes" in one.window.notices.text
    one.begin_visit()
    assert one.window.notices.isVisible()
