"""The history of a record in words: every change, first values kept, versions, late entries, nothing raw."""
from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.geometry import measured_to_json
from annotate.marks import Caliper, ImageUse, PlacedMark
from annotate.stored_marks import on_grid, placed_from_json, placed_to_json
from dicom_io.calibration import Point, Scale
from dicom_io.image import Digests
from injection_log.acts import amending, facts, signing, studies, visits
from injection_log.acts.history import HistoryFilter, HistoryLine, history_of, read_history
from injection_log.acts.log_tables import export_history, lines_table
from injection_log.acts.log_words import vocabulary_of
from injection_log.errors import Refused
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.outputs import output_of
from injection_log.practice.story import GLANDS, VISIT_FACTS, set_facts, sign
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.record.event_sentences import in_words
from injection_log.record.event_words import KINDS
from injection_log.record.reading import gland_subject
from injection_log.record.trail import is_late, trail
from injection_log.record.value_words import value_in_words
from injection_log.record.values import SIDES, VisitRecord
from injection_log.record.vocabulary import Vocabulary
from injection_log.site import Session, Site, log_in

RAW = re.compile(r'[{}]|"\w+":|[0-9a-f]{24,}|\d+(\.\d+){4,}|\b[a-z]+_[a-z_]+\b|\bNone\b|\bTrue\b|\bFalse\b')
"""JSON, digests, UIDs and names of the code: none of them is a word."""


@pytest.fixture
def opened(injector: Session) -> VisitRecord:
    record = visits.open_visit(injector, "SMG-07", "injection")
    record = visits.confirm_identifiers(injector, record)
    return studies.go_on_without_images(injector, record, "pacs_down")


@pytest.fixture
def signed(injector: Session, opened: VisitRecord) -> VisitRecord:
    record = set_facts(injector, opened, None, VISIT_FACTS)
    for side in SIDES:
        record = set_facts(injector, record, side, GLANDS[side].facts())
    for side in SIDES:
        record = sign(injector, record, side)
    return record


def history(session: Session, **of: Any) -> tuple[HistoryLine, ...]:
    return history_of(session, "SMG-07", "injection", **of)


def test_a_changed_volume_is_one_line_with_both_values(injector: Session, opened: VisitRecord) -> None:
    record = facts.set_fact(injector, opened, "left", "volume_loaded_ul", "1,10")
    facts.set_fact(injector, record, "left", "volume_loaded_ul", "1.15")
    first, last = history(injector, side="left", field="volume_loaded_ul")
    assert first.sentence == "Loaded volume of the left gland was recorded: 1.10 ml"
    assert last.sentence == "Loaded volume of the left gland changed from 1.10 ml to 1.15 ml"
    assert (last.field, last.old, last.new) == ("Loaded volume", "1.10 ml", "1.15 ml")


def test_a_line_says_who_in_which_role_when_and_where(injector: Session, opened: VisitRecord) -> None:
    facts.set_fact(injector, opened, "left", "approach_from", "lateral")
    line = history(injector)[-2]
    assert (line.printed_name, line.role, line.user) == ("Practice Injector", "injecting physician", "injector")
    assert re.fullmatch(r"2026-11-22 10:00:\d\d \(UTC\+01:00\)", line.when)
    assert line.workstation == injector.site.ledger.workstation


def test_a_cleared_value_stays_in_the_history(injector: Session, opened: VisitRecord) -> None:
    record = facts.set_fact(injector, opened, "left", "approach_from", "lateral")
    facts.set_fact(injector, record, "left", "approach_from", "")
    first, last = history(injector, field="approach_from")
    assert (first.new, last.old, last.new) == ("lateral", "lateral", "")
    assert "was cleared; it was lateral" in last.sentence


def test_lines_before_a_signature_and_after_an_amendment_belong_to_their_versions(
    injector: Session, signed: VisitRecord
) -> None:
    record = amending.open_amendment(injector, signed, "left", "read at the wrong line")
    facts.set_fact(injector, record, "left", "volume_residual_ul", "0.10")
    before, after = history(injector, side="left", field="volume_residual_ul")
    assert (before.version, before.is_after_signing) == (1, False)
    assert (after.version, after.is_after_signing, after.reason) == (2, True, "read at the wrong line")


def test_the_other_gland_is_not_changed_after_signing_by_an_amendment(injector: Session, opened: VisitRecord) -> None:
    record = set_facts(injector, opened, None, VISIT_FACTS)
    for side in SIDES:
        record = set_facts(injector, record, side, GLANDS[side].facts())
    record = sign(injector, record, "right")
    facts.set_fact(injector, record, "left", "approach_from", "posterior")
    assert not any(line.is_after_signing for line in history(injector, field="approach_from"))


def test_a_signature_is_told_with_name_role_time_and_meaning(injector: Session, signed: VisitRecord) -> None:
    lines = [line for line in history(injector) if line.kind == "GlandSigned"]
    assert len(lines) == 2
    for line in lines:
        assert "Practice Injector, injecting physician, 2026-11-22" in line.sentence
        assert signing.MEANINGS["performed"] in line.sentence


def test_a_visit_whose_name_begins_like_another_is_not_in_its_history(injector: Session, opened: VisitRecord) -> None:
    other = Subject("visit", participant="SMG-07", visit="injection2")
    draft = EventDraft("VisitOpened", other, (Change("opened_on", None, "2026-11-22"),))
    injector.site.ledger.append(injector.actor, [draft], protocol="")
    assert all(line.about.endswith(("Injection visit", "SMG-07")) for line in history(injector))


def test_a_history_is_filtered_by_person_group_and_day(injector: Session, opened: VisitRecord) -> None:
    facts.set_fact(injector, opened, "left", "approach_from", "lateral")
    read = read_history(injector, "SMG-07", "injection")
    day = datetime(2026, 11, 22, tzinfo=UTC).date()
    assert not read.chosen(HistoryFilter(user="operator"))
    assert [entry.event.kind for entry in read.chosen(HistoryFilter(group="pictures"))] == ["ImagesPending"]
    assert len(read.chosen(HistoryFilter(since=day, until=day))) == len(read.entries)
    assert not read.chosen(HistoryFilter(since=day + timedelta(days=1)))


def test_a_field_that_no_record_has_is_refused(injector: Session, opened: VisitRecord) -> None:
    with pytest.raises(Refused, match="No record has such a field"):
        history(injector, field="lot_number")


def test_the_history_of_a_visit_that_was_not_begun_is_refused(injector: Session) -> None:
    with pytest.raises(Refused, match="no history"):
        history(injector)


def test_an_administrator_sees_no_history_of_a_record(site: Site, opened: VisitRecord) -> None:
    with pytest.raises(Refused, match="may not show history"):
        history(log_in(site, "admin", "practice-admin"))


def test_no_line_of_a_whole_visit_holds_anything_raw(injector: Session, signed: VisitRecord) -> None:
    for line in history(injector):
        words = [line.sentence, line.title, line.about, line.role, line.field, line.old, line.new, line.when]
        assert not [one for one in words if RAW.search(one)], (line.kind, words)


def test_the_newest_lines_alone_say_the_same_as_the_whole_history(injector: Session, signed: VisitRecord) -> None:
    record = amending.open_amendment(injector, signed, "left", "read at the wrong line")
    facts.set_fact(injector, record, "left", "volume_residual_ul", "0.10")
    read_history(injector, "SMG-07", "injection")  # from here on looking adds no line
    for side in (None, *SIDES):
        whole = read_history(injector, "SMG-07", "injection", side=side)
        for newest in (1, 2, 4, 9, 30):
            part = read_history(injector, "SMG-07", "injection", side=side, newest=newest)
            assert part.entries == whole.entries[-len(part.entries) :]
            assert part.signatures == whole.signatures
            assert len(part.entries) >= min(newest, len(whole.entries))
            assert not part.is_whole or len(part.entries) == len(whole.entries)


# ---- words of single events ---------------------------------------------------------------------------------------
def told(session: Session, draft: EventDraft) -> Any:
    (event,) = session.site.ledger.append(session.actor, [draft], protocol="")[-1:]
    return in_words(event, vocabulary_of(session))


def placed(column: float) -> dict[str, Any]:
    scale = Scale("region", 1, Decimal("0.08"), Decimal("0.10"), "scanner region 1")
    on = ImageUse("1.2.840.99.1.2.3", 4, Digests("a" * 64, "b" * 64, "c" * 64))
    mark = on_grid(Caliper("length", Point(10, 20), Point(10, column)))
    return placed_to_json(PlacedMark("m1", "left", on, mark, scale))


def test_a_moved_mark_is_told_with_what_it_measured_before_and_now(injector: Session) -> None:
    left = gland_subject("SMG-07", "injection", "left")
    told(injector, EventDraft("CaliperPlaced", left, (Change("mark.m1", None, placed(120)),)))
    words = told(injector, EventDraft("MarkMoved", left, (Change("mark.m1", placed(120), placed(170)),)))
    assert re.search(r"before length 10\.\d+ ± .* mm.*; now length 15\.\d+ ± .* mm", words.sentence)
    assert "1.2.840" not in words.sentence
    assert "mpx" not in words.sentence


def test_every_kind_of_event_is_told_even_when_its_fields_are_missing(injector: Session) -> None:
    drafts = [EventDraft(kind, gland_subject("SMG-07", "injection", "left")) for kind in sorted(KINDS)]
    vocabulary = vocabulary_of(injector)
    for event in injector.site.ledger.append(injector.actor, drafts, protocol=""):
        sentence = in_words(event, vocabulary).sentence
        assert sentence
        assert not RAW.search(sentence), sentence


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["at", "by", "sha256", "user"]), inner),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(field=st.sampled_from(["mark.a", "late.x", "fact.needle", "size", "signature", "lock", "hand_scale"]), new=JSON)
def test_a_value_that_should_not_be_there_never_breaks_a_history(field: str, new: Any) -> None:
    vocabulary = Vocabulary(read_protocol(practice_protocol_text()), {}, lambda uid: "a picture")
    assert isinstance(value_in_words(field, new, vocabulary), str)


# ---- late entries -------------------------------------------------------------------------------------------------
def test_a_time_entered_more_than_the_limit_after_it_is_late(injector: Session, opened: VisitRecord) -> None:
    record = facts.set_fact(injector, opened, "left", "injection_start", "09:00")
    facts.set_fact(injector, record, "left", "approach_from", "posterior")
    events = [event for event in injector.site.ledger.events() if event.subject.gland]
    assert [is_late(event, timedelta(minutes=30)) for event in events] == [True, False]
    assert not any(entry.is_late for entry in trail(events, timedelta(hours=24)))


def test_an_act_claimed_for_an_earlier_day_is_late(injector: Session, opened: VisitRecord) -> None:
    (*_, event) = injector.site.ledger.events()
    claimed = replace(event, claimed_at="2026-11-20T09:00:00.000Z")
    assert is_late(claimed, timedelta(hours=24))
    assert not is_late(claimed, timedelta(hours=96))


# ---- as a table ---------------------------------------------------------------------------------------------------
def test_the_exported_table_has_a_row_for_each_change_and_its_event_stands_first(
    injector: Session, signed: VisitRecord
) -> None:
    read = read_history(injector, "SMG-07", "injection")
    table, dictionary = export_history(injector, read, HistoryFilter(field="volume_loaded_ul"))
    rows = list(csv.DictReader(io.StringIO(table.data.decode("utf-8"), newline="")))
    assert [(row["about"], row["after"]) for row in rows] == [
        ("SMG-07, Injection visit, right gland", "1.05 ml"), ("SMG-07, Injection visit, left gland", "1.10 ml"),
    ]
    assert b"entered_at_utc" in dictionary.data
    assert [event.kind for event in injector.site.ledger.events()][-2:] == ["HistoryExported", "CheckpointMade"]


@pytest.mark.parametrize("begins", ["=1+1", "+45", "-2", "@SUM(A1)", "＝1+1", "\t=1"])
def test_a_text_that_a_spreadsheet_would_run_is_guarded_in_the_table(
    injector: Session, opened: VisitRecord, begins: str
) -> None:
    line = replace(history(injector)[-1], reason=begins)
    table = output_of("table").files(lines_table([line], "x"))[0]
    (row,) = csv.DictReader(io.StringIO(table.data.decode("utf-8"), newline=""))
    assert row["reason"] == f"'{begins}"
    assert table.data.endswith(b"\r\n")


def test_measured_values_are_not_told_twice_beside_their_mark(injector: Session) -> None:
    left, mark = gland_subject("SMG-07", "injection", "left"), placed(120)
    changes = (Change("mark.m1", None, mark), Change("measured.m1", None, measured_to_json(placed_from_json(mark))))
    words = told(injector, EventDraft("CaliperPlaced", left, changes))
    assert [one.title for one in words.changes] == ["Length caliper"]
