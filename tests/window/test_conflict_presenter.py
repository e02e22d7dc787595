"""Two people on one record, as values: the loser keeps what was typed or pressed and says whose holds."""
from __future__ import annotations

import pytest

from injection_log.ledger.errors import ChangedMeanwhile
from injection_log_napari.presenters.answers import Answers


@pytest.fixture
def overtaken(desk, monkeypatch):
    """Answers of the visit; the next fact that is set was changed by somebody else a moment ago."""
    plain = desk.set_fact

    def first_refused(side, field, text):
        monkeypatch.setattr(desk, "set_fact", plain)
        raise ChangedMeanwhile("visit:SMG-07/injection", f"fact.{field}", expected=None, found="x")

    monkeypatch.setattr(desk, "set_fact", first_refused)
    return Answers(desk, None)


def row(answers, name):
    return next(one for one in answers.rows(frozenset()) if one.name == name)


def test_a_typed_draft_stays_in_the_field_beside_what_the_other_recorded(desk, overtaken):
    overtaken.record("kit_code", "KIT-0002")
    assert (row(overtaken, "kit_code").text, row(overtaken, "kit_code").is_overtaken) == ("KIT-0002", True)


def test_a_pressed_choice_is_kept_in_words_and_stands_in_the_way_of_signing(desk, overtaken):
    overtaken.record("local_anaesthetic", "lidocaine")
    assert row(overtaken, "local_anaesthetic").mine == "lidocaine"
    assert [one.field for one in overtaken.standing] == ["local_anaesthetic"]


def test_taking_theirs_lets_the_draft_go_and_writes_nothing(desk, overtaken):
    overtaken.record("kit_code", "KIT-0002")
    overtaken.take_theirs("kit_code")
    assert (row(overtaken, "kit_code").text, overtaken.standing, desk.acts) == ("", (), [])


def test_putting_mine_again_records_the_draft(desk, overtaken):
    overtaken.record("kit_code", "KIT-0002")
    assert overtaken.put_again("kit_code") == ""
    assert (desk.record.facts["kit_code"], overtaken.standing) == ("KIT-0002", ())


def test_another_answer_beside_it_does_not_send_the_draft_by_itself(desk, overtaken):
    overtaken.record("kit_code", "KIT-0002")
    overtaken.record("local_anaesthetic", "none")
    assert "kit_code" not in desk.record.facts
