"""Today's participants come from the worklist by the protocol's rules and the keyed hash; nobody else is shown."""
from __future__ import annotations

import pytest

from dicom_io.image import PatientIdentity
from dicom_io.pacs.answers import Found
from dicom_io.pacs.worklist import WorklistItem
from injection_log.acts import studies, visits
from injection_log.acts.today import Today, todays_participants
from injection_log.errors import ProtocolRefused, Refused
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.site import Session, log_in

RULES = """may_sign_without_images = true
[[visit.worklist]]
RequestedProcedureDescription = 'spytkirtel.*injektion'
[[visit.worklist]]
ScheduledProtocolCodeSequence = '^SMGINJ\\^99LOCAL'
ScheduledStationAETitle = '^US1$'
"""


def with_rules(rules: str) -> str:
    """The practice protocol with rules for its injection visit."""
    head, mark, tail = practice_protocol_text().partition('[[visit]]\nname = "month_4"')
    return head + rules.replace("may_sign_without_images = true\n", "") + "\n" + mark + tail


@pytest.fixture
def at_work(injector: Session) -> Session:
    injector.site.protocol = read_protocol(with_rules(RULES))
    return injector


def planned(patient_id: str, procedure: str = "", time: str = "0900", **facts: str) -> WorklistItem:
    names = ("ScheduledProcedureStepDescription", "ScheduledStationAETitle", "ScheduledProtocolCodeSequence")
    said = {"RequestedProcedureDescription": procedure, **dict.fromkeys(names, ""), **facts}
    identity = PatientIdentity(patient_id, "", "Hidden^Name", "")
    return WorklistItem("20260203", time, "ROOM", "ACC1", "2.25.1", tuple(said.items()), identity)


def today(session: Session, *items: WorklistItem) -> Today:
    return todays_participants(session, Found(items))


def link(session: Session, patient_id: str) -> None:
    record = visits.open_visit(session, "SMG-07", "injection")
    studies.link_identity(session, record, "2.25.77", planned(patient_id).identity)


def test_an_examination_of_the_protocols_kind_is_expected_for_its_visit(at_work: Session) -> None:
    expected = today(at_work, planned("1", "UL Spytkirtel INJEKTION")).expected
    assert [(one.participant, one.visits, one.is_linked) for one in expected] == [("", ("injection",), False)]


def test_all_patterns_of_one_rule_have_to_fit(at_work: Session) -> None:
    code = {"ScheduledProtocolCodeSequence": "SMGINJ^99LOCAL^text"}
    found = today(
        at_work, planned("1", "x", ScheduledStationAETitle="US1", **code),
        planned("2", "x", ScheduledStationAETitle="US12", **code),
    )
    assert (len(found.expected), found.others) == (1, 1)


def test_a_linked_participant_is_recognised_by_the_keyed_hash(at_work: Session) -> None:
    link(at_work, "010203-1234")
    found = today(at_work, planned("0102031234", "UL spytkirtel injektion"), planned("999", "UL skulder"))
    assert [(one.participant, one.visits) for one in found.expected] == [("SMG-07", ("injection",))]
    assert found.others == 1


def test_a_participant_who_comes_for_something_else_is_shown_without_a_visit(at_work: Session) -> None:
    link(at_work, "010203-1234")
    assert today(at_work, planned("010203-1234", "UL skulder")).expected[0].visits == ()


def test_looking_writes_nothing_and_prints_nobody(at_work: Session) -> None:
    before = at_work.site.ledger.head()
    found = today(at_work, planned("010203-1234", "UL spytkirtel injektion"))
    assert "Hidden" not in repr(found)
    assert "010203" not in repr(found)
    assert at_work.site.ledger.head() == before
    for path in at_work.site.home.root.rglob("*"):
        assert not path.is_file() or b"010203-1234" not in path.read_bytes()


def test_an_entry_without_a_patient_id_is_nobody_we_know(at_work: Session) -> None:
    link(at_work, "010203-1234")
    assert today(at_work, planned("", "UL spytkirtel injektion")).expected[0].participant == ""


def test_a_description_with_a_refused_word_is_not_shown(at_work: Session) -> None:
    assert today(at_work, planned("1", "UL spytkirtel injektion PLACEBO")).expected[0].procedure == ""


def test_a_protocol_without_rules_shows_known_participants_only_and_says_so(injector: Session) -> None:
    link(injector, "010203-1234")
    found = today(injector, planned("010203-1234", "UL"), planned("2", "UL spytkirtel injektion"))
    assert (len(found.expected), found.others) == (1, 1)
    assert "does not say which examinations" in found.remarks[0]


def test_who_may_not_link_a_study_sees_no_worklist(injector: Session) -> None:
    monitor = log_in(injector.site, "monitor", "practice-monitor")
    with pytest.raises(Refused):
        today(monitor, planned("1"))


@pytest.mark.parametrize(
    ("rules", "named"),
    [
        ("[[visit.worklist]]\nPatientName = 'x'\n", "PatientName"),
        ("[[visit.worklist]]\nModality = '('\n", "not a valid pattern"),
        ("[[visit.worklist]]\nModality = '.*'\n", "fits an empty value"),
        ("[[visit.worklist]]\nModality = 3\n", "must be a text"),
        ("[[visit.worklist]]\n", "empty"),
        ("worklist = 'x'\n", "table of its own"),
    ],
)
def test_a_wrong_rule_is_refused_by_its_name(rules: str, named: str) -> None:
    with pytest.raises(ProtocolRefused, match=named):
        read_protocol(with_rules(rules))
