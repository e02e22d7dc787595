"""The connection's test: each outcome of each direction is a sentence, and a stranger's call is not the PACS's."""
from __future__ import annotations

import pytest

from dicom_io.errors import PacsFailed, PacsRefused
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.listening import Caller
from injection_log.connection_card import CardContent
from injection_log_napari.presenters.connection import ConnectionPresenter

ADDRESS = PacsAddress("PACS", "pacs.example.org", 104)
THE_PACS = Caller("PACS", "INJLOG", "10.0.0.5", True)


@pytest.fixture
def connection() -> ConnectionPresenter:
    return ConnectionPresenter(ADDRESS, lambda: None)


def test_an_answer_of_the_pacs_is_said(connection):
    assert connection.asking()
    assert not connection.asking()
    connection.answered()
    assert connection.state.ours.sentence == "PACS answers: verification accepted."


def test_a_refusal_is_said_in_the_pacs_floor_s_own_words(connection):
    connection.asking()
    connection.not_answered(PacsRefused("calling_ae_unknown", "PACS does not know our AE title INJLOG."))
    assert (connection.state.ours.outcome, connection.state.ours.sentence) == (
        "bad", "PACS does not know our AE title INJLOG.",
    )


def test_the_count_down_is_seen(connection):
    connection.opening()
    connection.waiting(12)
    assert connection.is_waiting
    assert "port 11112: 12 s." in connection.state.theirs.sentence


def test_the_pacs_s_own_call_ends_the_waiting(connection):
    connection.waiting(20)
    assert connection.called(THE_PACS)
    assert connection.state.theirs.sentence == "PACS at 10.0.0.5 called INJLOG and was answered."
    assert not connection.is_waiting


def test_a_call_under_a_wrong_title_goes_on_waiting_and_says_what_to_correct(connection):
    connection.waiting(20)
    assert not connection.called(Caller("PACS", "OLDNAME", "10.0.0.5", True))
    connection.waiting(19)
    assert "Our title is INJLOG" in connection.state.theirs.sentence
    connection.waited()
    assert connection.state.theirs.outcome == "bad"
    assert "its administrator must correct that" in connection.state.theirs.sentence


def test_a_caller_that_was_not_answered_is_told_of(connection):
    connection.waiting(20)
    connection.called(Caller("", "", "10.0.0.9", False, "It does not speak TLS."))
    connection.waited()
    assert connection.state.theirs.sentence == "10.0.0.9 called and was not answered. It does not speak TLS."


def test_when_nobody_called_it_says_what_to_check(connection):
    connection.waiting(1)
    connection.waited()
    assert connection.state.theirs.sentence.startswith("No test of PACS arrived.")
    assert "firewall" in connection.state.theirs.sentence


def test_a_port_that_is_in_use_is_said(connection):
    connection.opening()
    connection.not_waited(PacsFailed("port_busy", "Port 11112 of 10.0.0.7 cannot be opened here."))
    assert connection.state.theirs.sentence == "Port 11112 of 10.0.0.7 cannot be opened here."


def test_the_card_can_be_copied_once_it_is_there(connection):
    assert connection.state.text == ""
    connection.take_card(CardContent("Card", (("Who we are", (("AE title", "INJLOG"),)),), "2026-02-03 10:00 +0100"))
    assert "AE title  INJLOG" in connection.state.text
    connection.copied()
    assert connection.state.said == "Copied. Paste it into a mail to the PACS administrator."


def test_an_error_without_a_sentence_of_its_own_shows_none_of_its_words(connection):
    connection.not_answered(RuntimeError("SECRET"))
    assert "SECRET" not in connection.state.ours.sentence
