"""Casebook, monitor's report, sheets, blank form: what stands on which page, letters embedded, in Danish too."""
from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from trial_site import TrialSite
from typer.testing import CliRunner

from injection_log.acts import queries
from injection_log.acts.outputs import export_facts
from injection_log.acts.reports import blank_form_content, gather_casebook, gather_monitor, gather_sheets
from injection_log.outputs import OutputFile, OutputImpossible, output_of
from injection_log.record.reading import gland_subject
from injection_log.report_contents import CasebookContent, MonitorContent

KINDS = ("casebook", "monitor_report", "sheets", "blank_form")


def gathered(trial: TrialSite, gatherer: Any, user: str = "monitor") -> Any:
    session = trial.session(user)
    return gatherer(session, export_facts(session)).content


def pages(file: OutputFile) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(file.data)).pages]


@pytest.fixture(scope="module")
def made(trial: TrialSite) -> dict[str, tuple[OutputFile, ...]]:
    contents = {
        "casebook": gathered(trial, gather_casebook), "monitor_report": gathered(trial, gather_monitor),
        "sheets": gathered(trial, gather_sheets), "blank_form": blank_form_content(trial.site),
    }
    return {kind: output_of(kind).files(contents[kind]) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_says_practice_and_has_its_letters_with_it(
    made: dict[str, tuple[OutputFile, ...]], kind: str
) -> None:
    for file in made[kind]:
        for page in PdfReader(io.BytesIO(file.data)).pages:
            assert "PRACTICE - NOT A PATIENT RECORD" in page.extract_text()
            fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
            drawn = [font for font in fonts if "Vera" in str(font["/BaseFont"])]
            assert drawn
            assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in drawn)


def test_a_casebook_has_a_page_a_gland_between_its_lists(made: dict[str, tuple[OutputFile, ...]]) -> None:
    (book,) = made["casebook"]
    found = pages(book)
    assert book.name == "casebook_SMG-07.pdf"
    assert [number for number, text in enumerate(found, 1) if "Signed electronically" in text] == [2, 3]
    assert "RIGHT GLAND" in found[1]
    assert "LEFT GLAND" in found[2]
    assert "one point zero zero millilitres" in found[1]
    assert f"page 1/{len(found)}" in found[0]
    assert f"page {len(found)}/{len(found)}" in found[-1]


def test_a_casebook_tells_signatures_queries_deviations_and_history(made: dict[str, tuple[OutputFile, ...]]) -> None:
    text = " ".join(pages(made["casebook"][0]))
    for words in (
        "this record of it is true and complete", "Q-0001", "Is this the barrel that was read?",
        "The left gland was first.", "Two identifiers compared", "KIT-0417", "deposit: 0.50 ml",
    ):
        assert words in text, words


def test_a_record_that_is_not_signed_says_so_in_its_casebook(draft: TrialSite) -> None:
    book = output_of("casebook").files(gathered(draft, gather_casebook))[0]
    assert sum("NOT SIGNED" in text for text in pages(book)) == 2


def test_the_monitors_report_counts_records_and_names_what_is_open(made: dict[str, tuple[OutputFile, ...]]) -> None:
    text = " ".join(pages(made["monitor_report"][0]))
    for words in ("Participants with a visit 1 / 1", "Gland records signed 2 / 2", "1 open, 0 answered, 0 closed",
                  "Values compared with their source 0 /", "The left gland was first.", "Q-0001"):
        assert words in text, words


def test_the_monitors_report_names_a_late_entry_and_a_change_after_signing(draft: TrialSite) -> None:
    content = gathered(draft, gather_monitor)
    changes = content.trial.tables["changes"]
    rows = tuple({**row, "late": "yes"} if row["field"] == "fact.injected" else row for row in changes.rows)
    trial = replace(content.trial, tables={**content.trial.tables, "changes": replace(changes, rows=rows)})
    hinted = replace(content, trial=trial, hints=(("Late entry", "Entered late by nobody. (event 41)"),))
    text = " ".join(pages(output_of("monitor_report").files(hinted)[0]))
    assert text.count("entered late") == 2 + text.count("that was entered late")
    assert "Entered late by nobody. (event 41)" in text
    assert "Gland records signed 0 / 2" in text


def test_a_closed_query_is_counted_and_not_listed(draft: TrialSite) -> None:
    about = gland_subject("SMG-07", "injection", "left")
    asked = queries.open_query(draft.session("monitor"), about, "volume_loaded_ul", "Is this the right barrel?")
    queries.answer_query(draft.session("injector"), asked.id, "It is.")
    queries.close_query(draft.session("monitor"), asked.id, "")
    text = " ".join(pages(output_of("monitor_report").files(gathered(draft, gather_monitor))[0]))
    assert "0 open, 0 answered, 1 closed" in text
    assert "Is this the right barrel?" not in text


@pytest.mark.parametrize("user", ["monitor", "manager", "investigator"])
def test_everybody_who_may_export_gets_the_monitors_report(trial: TrialSite, user: str) -> None:
    assert isinstance(gathered(trial, gather_monitor, user), MonitorContent)


def test_there_is_a_sheet_of_one_page_for_every_signed_gland_with_its_checkpoint(
    trial: TrialSite, made: dict[str, tuple[OutputFile, ...]]
) -> None:
    assert [file.name for file in made["sheets"]] == ["SMG-07_injection_right.pdf", "SMG-07_injection_left.pdf"]
    for file in made["sheets"]:
        (page,) = pages(file)
        assert "Checkpoint of the ledger" in page
        assert trial.site.ledger.origin in page.replace(" ", "")


def test_a_blank_form_has_a_page_for_the_visit_and_one_for_each_gland(
    made: dict[str, tuple[OutputFile, ...]]
) -> None:
    assert [file.name for file in made["blank_form"]] == [
        "blank_form_baseline.pdf", "blank_form_injection.pdf", "blank_form_month_4.pdf",
    ]
    visit, right, left = pages(made["blank_form"][1])
    assert "Kit code *" in visit
    assert "Typed into the program by" in visit
    assert "RIGHT GLAND" in right
    assert right.replace("RIGHT", "LEFT").replace("2/3", "3/3") == left


def test_a_blank_form_asks_what_the_window_asks_in_its_order(
    trial: TrialSite, made: dict[str, tuple[OutputFile, ...]]
) -> None:
    page = pages(made["blank_form"][1])[1]
    titles = [field.title for field in trial.site.protocol.fields_for("injection", "gland") if "late" not in field.name]
    places = [page.find(title) for title in titles]
    assert -1 not in places
    assert places == sorted(places)


def test_a_blank_form_names_no_participant(made: dict[str, tuple[OutputFile, ...]]) -> None:
    assert not any("SMG-07" in text for file in made["blank_form"] for text in pages(file))


def test_the_blank_form_is_made_without_a_log_in(trial: TrialSite, tmp_path: Path) -> None:
    from injection_log.cli import assemble

    words = ["blank-form", "--out", str(tmp_path / "forms"), "--home", str(trial.site.home.root)]
    done = CliRunner().invoke(assemble(), words)
    assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "forms").glob("*.pdf"))) == 3


def test_reports_are_danish_where_the_protocol_says_so(trial: TrialSite) -> None:
    casebook, form = gathered(trial, gather_casebook), blank_form_content(trial.site)
    danish = replace(casebook.trial.protocol, language="da")
    assert isinstance(casebook, CasebookContent)
    book = output_of("casebook").files(replace(casebook, trial=replace(casebook.trial, protocol=danish)))[0]
    text = " ".join(pages(book))
    assert "Deltagerens samlede journal" in text
    assert "Underskrifter" in text
    assert "Is this the barrel that was read?" in text
    forms = " ".join(pages(output_of("blank_form").files(replace(form, protocol=danish))[1]))
    assert "Tomt kildeskema" in forms
    assert "røber armen" in forms


@pytest.mark.parametrize("kind", KINDS)
def test_equal_content_gives_equal_bytes_and_other_content_is_refused(
    trial: TrialSite, made: dict[str, tuple[OutputFile, ...]], kind: str
) -> None:
    if kind == "blank_form":
        assert output_of(kind).files(blank_form_content(trial.site)) == made[kind]
    with pytest.raises(OutputImpossible):
        output_of(kind).files("nothing of this kind")
