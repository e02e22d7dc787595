"""A record under every order of acts by two people and an investigator: a model says what may be, the log must agree.

Whatever is done: each signature has its event by the person who gave it, no value changes under a signature without a
reason, whoever looked away is told and writes nothing, and the log verifies at the end.
"""
from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from signed_visits import filled_visit, review_proof

from injection_log.acts import amending, facts, locking, reviewing, signing, visits, withdrawing
from injection_log.acts.locking import GlandScope
from injection_log.acts.overtaken import Overtaken
from injection_log.clock import FixedClock
from injection_log.errors import Refused
from injection_log.home import Home
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.practice.world import USERS
from injection_log.protocol.reading import practice_protocol_text
from injection_log.record.values import VisitRecord
from injection_log.site import NOBODY, Site, log_in
from injection_log.verify import verify

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
PLACE = ("SMG-07", "injection")
RIGHT = GlandScope(*PLACE, "right")
VOLUMES = {50: "0.05", 80: "0.08", 100: "0.10"}
WHO = st.sampled_from(["injector", "operator"])
SIGNED = ("signed", "reviewed", "locked")


class RecordMachine(RuleBasedStateMachine):
    """The right gland of one visit; `residual_ul`, `state`, `version` and `withdrawn` are the model."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        clock = FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), timedelta(seconds=1))
        self.site = Site.create(Home(Path(self._folder.name) / "home"), practice_protocol_text(), "model", clock)
        for one in USERS:
            account = NewAccount(one.user, one.printed_name, one.role, one.password, CHEAP)
            add_account(self.site.ledger, NOBODY, account, clock=clock, protocol="")
        self.people = {user: log_in(self.site, user, f"practice-{user}") for user in (
            "injector", "operator", "investigator")}
        self.residual_ul, self.state, self.version, self.withdrawn = 50, "complete", 1, False
        self.signatures: list[tuple[str, str]] = []
        self.shown: dict[str, VisitRecord] = {}

    @initialize()
    def begin(self) -> None:
        """A visit that is filled in, on the screens of both people."""
        record = filled_visit(self.people["injector"])
        self.shown = dict.fromkeys(("injector", "operator"), record)

    def now(self) -> VisitRecord:
        return visits.find_visit(self.people["injector"], *PLACE)

    def tried(self, may: bool, act) -> bool:
        """Do an act that the model says may be done, or must be refused; a refusal changes nothing."""
        before = self.now()
        try:
            act()
        except Refused:
            assert not may
            assert self.now() == before
            return False
        assert may
        return True

    @rule(user=WHO)
    def look(self, user: str) -> None:
        """Look at the record again."""
        self.shown[user] = self.now()

    @rule(user=WHO, volume_ul=st.sampled_from(sorted(VOLUMES)))
    def record(self, user: str, volume_ul: int) -> None:
        """Type a residual, perhaps over what somebody else typed since."""
        shown = self.shown[user]
        is_open = self.state == "complete" and not self.withdrawn
        seen = shown.glands["right"].facts["volume_residual_ul"] == self.residual_ul
        if is_open and not seen:
            with pytest.raises(Overtaken) as lost:
                self.set_residual(user, volume_ul)
            assert lost.value.draft == VOLUMES[volume_ul]
        elif self.tried(is_open, lambda: self.set_residual(user, volume_ul)):
            self.residual_ul = volume_ul

    def set_residual(self, user: str, volume_ul: int) -> None:
        session, text = self.people[user], VOLUMES[volume_ul]
        self.shown[user] = facts.set_fact(session, self.shown[user], "right", "volume_residual_ul", text)

    @rule(user=WHO)
    def sign(self, user: str) -> None:
        """Sign what stands; the operator may not sign an injection."""
        session, record = self.people[user], self.now()
        shown = signing.render(session, record, "right").sha256
        proof = signing.Proof(user, f"practice-{user}", shown)
        may = self.state == "complete" and not self.withdrawn and user == "injector"
        if self.tried(may, lambda: signing.sign_gland(session, record, "right", proof, "performed")):
            self.state = "signed"
            self.signatures.append(("GlandSigned", user))

    @rule(user=WHO)
    def amend(self, user: str) -> None:
        """Open an amendment."""
        may = self.state in ("signed", "reviewed") and not self.withdrawn
        act = lambda: amending.open_amendment(self.people[user], self.now(), "right", "a wrong value")  # noqa: E731
        if self.tried(may, act):
            self.amended_from, self.state, self.version = (self.state, self.residual_ul), "complete", self.version + 1

    @rule(user=WHO)
    def close_amendment(self, user: str) -> None:
        """Close one in which nothing changed."""
        may = self.state == "complete" and self.version > 1 and not self.withdrawn
        may = may and self.amended_from[1] == self.residual_ul
        if self.tried(may, lambda: amending.close_amendment(self.people[user], self.now(), "right")):
            self.state, self.version = self.amended_from[0], self.version - 1

    @rule(user=st.sampled_from(["investigator", "injector"]))
    def review(self, user: str) -> None:
        """Review; nobody but the investigator may."""
        record = self.now()
        if record.glands["right"].signature is None:
            return
        may = self.state == "signed" and not self.withdrawn and user == "investigator"
        proof = review_proof(record, "right")
        if self.tried(may, lambda: reviewing.review_gland(self.people[user], record, "right", proof)):
            self.state = "reviewed"
            self.signatures.append(("GlandReviewed", user))

    @rule()
    def lock(self) -> None:
        """Lock what is reviewed."""
        may = self.state == "reviewed" and not self.withdrawn
        if self.tried(may, lambda: locking.lock(self.people["investigator"], RIGHT)):
            self.state = "locked"

    @rule()
    def unlock(self) -> None:
        """Unlock what is locked."""
        act = lambda: locking.unlock(self.people["investigator"], RIGHT, "one more look")  # noqa: E731
        if self.tried(self.state == "locked", act):
            self.state = "reviewed"

    @rule(user=WHO)
    def withdraw(self, user: str) -> None:
        """Withdraw the visit."""
        may = not self.withdrawn and self.state != "locked"
        if self.tried(may, lambda: withdrawing.withdraw_visit(self.people[user], self.now(), "the wrong visit")):
            self.withdrawn = True

    @rule(user=WHO)
    def reinstate(self, user: str) -> None:
        """Reinstate it."""
        may = self.withdrawn and self.state != "locked"
        if self.tried(may, lambda: withdrawing.reinstate_visit(self.people[user], self.now(), "the right visit")):
            self.withdrawn = False

    @invariant()
    def the_record_is_what_the_model_says(self) -> None:
        if not self.shown:
            return
        record = self.now()
        gland = record.glands["right"]
        found = (gland.facts["volume_residual_ul"], gland.state, gland.version, record.withdrawn is not None)
        assert found == (self.residual_ul, self.state, self.version, self.withdrawn)
        assert (gland.signature is not None) == (self.state in SIGNED)

    def teardown(self) -> None:
        events = [event for event in self.site.ledger.events() if event.changes]
        given = [(event.kind, event.actor.user) for event in events if event.kind in ("GlandSigned", "GlandReviewed")]
        assert given == self.signatures
        signed = False
        for event in events:
            state = next((one.new for one in event.changes if one.field == "state"), None)
            if event.subject.gland == "right" and any(one.field.startswith("fact.") for one in event.changes):
                assert event.reason or not signed  # after the first signature every change has its reason
            signed = signed or state == "signed"
        assert verify(self.site.home).first_wrong is None
        self.site.ledger.close()
        self._folder.cleanup()


def run(examples: int, steps: int) -> None:
    """Play that many stories of that many acts."""
    quiet = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=examples < 20,
        suppress_health_check=list(HealthCheck), database=None,
    )
    run_state_machine_as_test(RecordMachine, settings=quiet)


def test_whatever_people_do_the_record_and_the_log_agree() -> None:
    run(examples=6, steps=12)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_soak_of_whatever_people_do_the_record_and_the_log_agree() -> None:
    run(examples=150, steps=40)
