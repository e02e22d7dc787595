"""The tables of the whole trial, from a log with pictures."""
from __future__ import annotations

import json
import re
from decimal import Decimal

from peers import PEER_DAY
from trial_site import TrialSite

from injection_log.acts import amending, facts, withdrawing
from injection_log.acts.outputs import export_facts
from injection_log.acts.trial import TABLES, gather_trial
from injection_log.trial_content import TrialContent


def test_every_table_is_there_and_its_rows_fit_its_columns(trial: TrialSite) -> None:
    tables = trial.content().tables
    assert tuple(tables) == TABLES
    for table in tables.values():
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert all(set(row) <= set(names) for row in table.rows), table.name
        assert all(column.title and column.source for column in table.columns), table.name


def test_rows_name_the_same_places_as_the_glands(trial: TrialSite) -> None:
    tables = trial.content().tables
    glands = {(row["participant"], row["visit"], row["side"]) for row in tables["glands"].rows}
    for name in ("deposits", "needles", "measurements", "signatures"):
        assert tables[name].rows
        assert {(row["participant"], row["visit"], row["side"]) for row in tables[name].rows} <= glands


def test_a_caliper_can_be_measured_again_from_its_row_alone(trial: TrialSite) -> None:
    row = next(row for row in trial.rows("measurements") if row["quantity"] == "length")
    start, end = (tuple(map(Decimal, one.split())) for one in str(row["points_px"])[1:-1].split(") ("))
    down = (end[0] - start[0]) * Decimal(str(row["mm_per_px_row"]))
    across = (end[1] - start[1]) * Decimal(str(row["mm_per_px_column"]))
    assert abs((down**2 + across**2).sqrt() - Decimal(str(row["value"]))) < Decimal("0.001")
    assert (row["unit"], row["method"], row["frame"]) == ("mm", "caliper", 1)


def test_a_needle_has_its_values_in_one_row_of_needles_and_in_three_of_measurements(trial: TrialSite) -> None:
    needle = next(row for row in trial.rows("needles") if row["side"] == "left")
    values = {
        row["quantity"]: row["value"] for row in trial.rows("measurements") if row["mark_id"] == needle["mark_id"]
    }
    assert values == {
        "needle_depth": needle["depth_mm"], "needle_path": needle["path_mm"], "needle_angle": needle["angle_deg"],
    }


def test_a_deposit_keeps_its_number_when_others_come_and_go(draft: TrialSite) -> None:
    first, second = draft.deposit(300), draft.deposit(400)
    draft.remove(first)
    third = draft.deposit(500)
    numbers = {row["mark_id"]: row["deposit"] for row in draft.rows("deposits")}
    assert numbers == {second: 2, third: 3}


def test_a_deposit_whose_volume_was_not_seen_has_none_and_says_so(trial: TrialSite) -> None:
    found = [(row.get("volume_ml"), row["volume_known"]) for row in trial.rows("deposits")]
    assert found == [(Decimal("0.500"), "yes"), (None, "no")]


def test_every_change_of_a_field_is_a_row_with_both_values(draft: TrialSite) -> None:
    injector = draft.session("injector")
    draft.record = facts.set_fact(injector, draft.record, "left", "volume_loaded_ul", "1,15")
    last = draft.rows("changes")[-1]
    assert (last["field"], last["old"], last["new"]) == ("fact.volume_loaded_ul", "1.10 ml", "1.15 ml")
    assert (last["old_stored"], last["new_stored"]) == ("1100", "1150")
    assert (last["participant"], last["side"], last["printed_name"]) == ("SMG-07", "left", "Practice Injector")


def test_the_changes_give_back_what_stands_in_the_log(trial: TrialSite) -> None:
    standing: dict[str, object] = {}
    for row in trial.rows("changes"):
        if row["side"] == "right" and str(row["field"]).startswith(("fact.", "mark.")):
            standing[str(row["field"])] = row["new_stored"]
    stored = trial.site.ledger.values("gland:SMG-07/injection/right")
    for name, value in standing.items():
        assert (value if isinstance(stored[name], str) else json.loads(str(value))) == stored[name]


def test_no_fingerprint_of_a_patient_id_and_no_account_is_among_the_changes(trial: TrialSite) -> None:
    rows = trial.rows("changes")
    assert not [row for row in rows if row["subject"] in ("user", "ledger", "workstation")]
    hashes = [
        str(value) for values in trial.site.ledger.values_of("").values() for name, value in values.items()
        if name in ("identity_hash", "issuer_hash")
    ]
    assert hashes
    assert not [one for one in hashes if one in json.dumps(rows, default=str)]


def test_queries_and_deviations_stand_at_their_gland_with_codes_and_words(trial: TrialSite) -> None:
    query, deviation = trial.rows("queries")[0], trial.rows("deviations")[-1]
    said = (query["query"], query["state"], query["side"], query["field"])
    assert said == ("Q-0001", "open", "left", "volume_loaded_ul")
    assert (query["visit"], query["value_now"]) == ("injection", "1.10 ml")
    assert "The left gland was first." in {row["what"] for row in trial.rows("deviations")}
    assert deviation["visit"] == "injection"


def test_a_signature_names_its_event_its_text_and_its_key(trial: TrialSite) -> None:
    row = trial.rows("signatures")[0]
    event = next(one for one in trial.site.ledger.events() if one.sequence == row["event"])
    assert event.kind == "GlandSigned"
    assert (row["version"], row["kind"], row["stands"], row["key_standing"]) == (1, "record", "yes", None)
    assert str(row["record_sha256"]) in event.body.decode()


def test_a_replaced_signature_stays_with_who_replaced_it_and_why(draft: TrialSite) -> None:
    draft.sign("right")
    injector = draft.session("injector")
    draft.record = amending.open_amendment(injector, draft.record, "right", "the wrong syringe was read")
    draft.record = facts.set_fact(injector, draft.record, "right", "volume_residual_ul", "0.10")
    draft.sign("right")
    rows = [(row["version"], row["stands"], row.get("replaced_reason")) for row in draft.rows("signatures")]
    assert rows == [(1, "no", "the wrong syringe was read"), (2, "yes", None)]
    changed = draft.rows("changes")
    residual = [row for row in changed if row["field"] == "fact.volume_residual_ul" and row["side"] == "right"]
    assert [(row["version"], row["after_signing"], row["reason"]) for row in residual] == [
        (1, "no", None), (2, "yes", "the wrong syringe was read"),
    ]


def test_a_picture_has_its_number_digests_and_what_lies_on_it(trial: TrialSite) -> None:
    rows = trial.rows("images")
    assert [row["image"] for row in rows] == list(range(1, 9))
    kept = {path.name for path in trial.site.home.images.rglob("*") if path.is_file()}
    assert {row["file_sha256"] for row in rows} <= kept
    marks = sum(len(gland.marks) for gland in trial.record.glands.values())
    assert sum(int(str(row[f"marks_{side}"])) for row in rows for side in ("right", "left")) == marks


def test_a_participant_is_told_with_what_counts(trial: TrialSite) -> None:
    rows = {row["participant"]: row for row in trial.rows("participants")}
    assert (rows["SMG-07"]["visits_begun"], rows["SMG-07"]["glands_signed"]) == (1, 2)
    assert (rows["SMG-07"]["injection_date"], rows["SMG-07"]["unblindings"]) == (PEER_DAY.isoformat(), 0)


def test_a_visit_that_is_withdrawn_does_not_count_and_stays(draft: TrialSite) -> None:
    withdrawing.withdraw_visit(draft.session("investigator"), draft.record, "the participant took the consent back")
    visit, participant = draft.rows("visits")[0], draft.rows("participants")[0]
    assert (visit["visit_state"], visit["withdrawn_by"]) == ("withdrawn", "Practice Investigator")
    assert (participant["visits_begun"], participant["visits_counting"]) == (1, 0)


def test_no_change_behind_the_event_that_the_export_names_is_told(draft: TrialSite) -> None:
    session = draft.session("monitor")
    about = export_facts(session)
    draft.deposit(300)
    content = gather_trial(session, about).content
    assert isinstance(content, TrialContent)
    assert max(int(str(row["event"])) for row in content.tables["changes"].rows) <= about.last_event


def test_every_choice_is_one_that_its_column_allows(trial: TrialSite) -> None:
    for table in trial.content().tables.values():
        for column in table.columns:
            allowed = column.values.split(" | ")
            if column.kind in ("choice", "yes_no") and column.values and "of the protocol" not in column.values:
                found = {str(row[column.name]) for row in table.rows if row.get(column.name) is not None}
                assert found <= set(allowed), (table.name, column.name)


def test_every_day_time_digest_and_identity_has_the_form_of_its_column(trial: TrialSite) -> None:
    forms = {
        "date": r"\d{4}-\d\d-\d\d", "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)",
        "hash": r"[0-9a-f]{64}", "uid": r"[0-9.]{1,64}", "integer": r"-?\d+", "decimal": r"-?\d+(\.\d+)?",
    }
    for table in trial.content().tables.values():
        for column in table.columns:
            for row in table.rows:
                value = row.get(column.name)
                said = format(value, "f") if isinstance(value, Decimal) else str(value)
                assert value is None or re.fullmatch(forms.get(column.kind, r"(?s).+"), said), (column.name, value)
