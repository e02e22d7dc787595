"""Two people at one visit: nobody overwrites, or signs, what they did not see."""
from __future__ import annotations

from collections.abc import Callable

import pytest

from injection_log.acts import facts, signing, studies, visits
from injection_log.errors import Refused
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.practice.story import GLANDS, VISIT_FACTS, set_facts, sign
from injection_log.record.values import SIDES, VisitRecord
from injection_log.site import Session, Site, log_in


@pytest.fixture
def shown(injector: Session) -> VisitRecord:
    """A visit without images, with every fact typed in, as both people have it on their screens."""
    record = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "injection"))
    record = set_facts(injector, studies.go_on_without_images(injector, record, "pacs_down"), None, VISIT_FACTS)
    for side in SIDES:
        record = set_facts(injector, record, side, GLANDS[side].facts())
    return record


@pytest.fixture
def operator(site: Site) -> Session:
    """The other person."""
    return log_in(site, "operator", "practice-operator")


def test_a_gland_that_was_signed_meanwhile_is_not_changed_from_an_old_screen(
    injector: Session, operator: Session, shown: VisitRecord
) -> None:
    sign(injector, shown, "right")
    for side, field, text in (("right", "volume_residual_ul", "0.10"), (None, "assistant", "Somebody")):
        with pytest.raises(Refused, match="signed"):
            facts.set_fact(operator, shown, side, field, text)  # type: ignore[arg-type]


def test_a_value_that_was_changed_meanwhile_is_not_overwritten_unseen(
    injector: Session, operator: Session, shown: VisitRecord
) -> None:
    now = facts.set_fact(injector, shown, "right", "volume_residual_ul", "0.10")
    with pytest.raises(ChangedMeanwhile):
        facts.set_fact(operator, shown, "right", "volume_residual_ul", "0.12")
    assert facts.set_fact(operator, now, "right", "volume_residual_ul", "0.12").glands["right"].volumes is not None


def test_two_people_may_type_different_facts_of_one_gland(
    injector: Session, operator: Session, shown: VisitRecord
) -> None:
    facts.set_fact(injector, shown, "right", "gland_remark", "quiet")
    record = facts.set_fact(operator, shown, "right", "approach_from", "anterior")
    assert record.glands["right"].facts["gland_remark"] == "quiet"


def test_a_limit_counts_what_somebody_else_typed_meanwhile(
    injector: Session, operator: Session, shown: VisitRecord
) -> None:
    cleared = facts.set_fact(injector, shown, "right", "volume_loaded_ul", "")
    facts.set_fact(injector, cleared, "right", "volume_loaded_ul", "0.50")
    with pytest.raises(Refused, match="More is left"):
        facts.set_fact(operator, cleared, "right", "volume_residual_ul", "0.60")


@pytest.mark.parametrize("late", [
    lambda session, record: facts.set_fact(session, record, "right", "volume_residual_ul", "0.10"),
    lambda session, record: facts.set_fact(session, record, None, "assistant", "Somebody Else"),
])
def test_a_fact_that_changes_while_the_password_is_checked_is_not_under_the_signature(
    injector: Session, shown: VisitRecord, monkeypatch: pytest.MonkeyPatch,
    late: Callable[[Session, VisitRecord], VisitRecord],
) -> None:
    prove = signing.prove

    def slow(*arguments: object) -> object:
        late(injector, shown)
        return prove(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(signing, "prove", slow)
    with pytest.raises(ChangedMeanwhile):
        sign(injector, shown, "right")
    assert visits.find_visit(injector, "SMG-07", "injection").glands["right"].signature is None


def test_going_on_without_images_is_over_once_both_glands_are_signed(injector: Session, shown: VisitRecord) -> None:
    for side in SIDES:
        sign(injector, shown, side)
    with pytest.raises(Refused, match="signed"):
        studies.go_on_without_images(injector, shown, "stored_elsewhere")
