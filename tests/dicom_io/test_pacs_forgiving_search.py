"""A search reads what PACSs really send: keys left out, wrong character sets, too much; and says so, in no log."""
from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from peers import PEER_DAY, Orthanc, free_port
from pydicom.dataset import Dataset
from pydicom.valuerep import PersonName
from pynetdicom import AE, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as StudyRootFind

from dicom_io.errors import PacsError, PacsFailed, PacsUnreachable
from dicom_io.pacs import find, searching
from dicom_io.pacs.address import PacsAddress
from dicom_io.pacs.answers import UNKNOWN_CHARACTERS, Found
from dicom_io.pacs.echo import echo
from dicom_io.pacs.find import StudyQuery, StudySummary, find_studies
from dicom_io.pacs.time_outs import TimeOuts
from dicom_io.phantom import ParticipantTruth

ANY = StudyQuery(modality="")


def study(number: int = 1, **values: object) -> Dataset:
    answer = Dataset()
    answer.QueryRetrieveLevel, answer.StudyInstanceUID = "STUDY", f"2.25.{number}"
    for keyword in (
        "StudyDate", "StudyTime", "StudyDescription", "ModalitiesInStudy", "AccessionNumber", "StationName",
        "PatientID", "PatientName", "NumberOfStudyRelatedInstances",
    ):
        setattr(answer, keyword, values.pop(keyword, None))
    for keyword, value in values.items():
        setattr(answer, keyword, value)
    return answer


@contextmanager
def peer(answers: Callable[[Dataset], Iterator[tuple[int, Dataset | None]]]) -> Iterator[PacsAddress]:
    """A server of pynetdicom that answers a search as told."""
    entity = AE("ODD")
    entity.add_supported_context(StudyRootFind)
    port = free_port()

    def answer(event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        for one in answers(event.identifier):
            if event.is_cancelled:
                yield 0xFE00, None
                return
            yield one

    server = entity.start_server(("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_FIND, answer)])
    try:
        yield PacsAddress("ODD", "127.0.0.1", port)
    finally:
        server.shutdown()


def found(*answers: Dataset, query: StudyQuery = ANY) -> Found[StudySummary]:
    with peer(lambda _: iter([(0xFF00, one) for one in answers])) as address:
        return find_studies(address, query)


def named(raw: bytes, character_set: str | None) -> Dataset:
    answer = study()
    if character_set is not None:
        answer.SpecificCharacterSet = character_set
    # As a server writes it that never looked at its own character set.
    answer.PatientName = PersonName(raw, original_string=raw)
    answer["PatientName"].value.encodings = ("iso8859",)
    answer["PatientName"].value.encode = lambda *_: raw  # type: ignore[method-assign]
    return answer


LATIN, UTF_8 = "Sørensen^Åse Æ".encode("latin-1"), "Sørensen^Åse Æ".encode()


@pytest.mark.parametrize(
    ("raw", "character_set", "guessed"),
    [
        (LATIN, "ISO_IR 100", False), (UTF_8, "ISO_IR 192", False),
        (LATIN, None, True), (UTF_8, None, True),
        (UTF_8, "ISO_IR 100", True), (LATIN, "ISO_IR 192", True), (LATIN, "KLINGON", True), (LATIN, "ISO_IR 6", True),
    ],
)
def test_danish_letters_survive_any_character_set_and_a_guess_is_said(
    raw: bytes, character_set: str | None, guessed: bool
) -> None:
    studies = found(named(raw, character_set))
    assert studies[0].identity.name == "Sørensen^Åse Æ"
    assert (UNKNOWN_CHARACTERS in studies.remarks) is guessed


def test_a_missing_return_key_is_said_and_stops_nothing() -> None:
    answer = study(PatientID="X")
    del answer.NumberOfStudyRelatedInstances
    del answer.ModalitiesInStudy
    studies = found(answer, query=StudyQuery(modality="US"))
    assert studies[0].instances is None
    assert studies.remarks == (
        "The PACS did not say the number of images.",
        "The PACS did not say of which modality studies are; others may be among these.",
    )


def test_a_complete_answer_needs_no_remark() -> None:
    assert found(study()).remarks == ()


def test_words_of_the_description_are_compared_here_in_any_case() -> None:
    studies = found(
        study(1, StudyDescription="UL spytkirtel INJEKTION"), study(2, StudyDescription="UL skjoldbruskkirtel"),
        query=StudyQuery(modality="", description="injektion"),
    )
    assert [one.study_instance_uid for one in studies] == ["2.25.1"]


def test_what_a_pacs_ignored_in_the_question_is_left_out() -> None:
    day = StudyQuery("20260203", "20260204", modality="US")
    wrong_day, wrong_kind = study(1, StudyDate="20260205"), study(2, StudyDate="20260203", ModalitiesInStudy="MR")
    right = study(3, StudyDate="20260204", ModalitiesInStudy=["US", "SR"])
    assert [one.study_instance_uid for one in found(wrong_day, wrong_kind, right, query=day)] == ["2.25.3"]


def test_an_answer_without_a_study_uid_is_left_out_and_said() -> None:
    nameless = study()
    nameless.StudyInstanceUID = None
    studies = found(nameless, study(2))
    assert len(studies) == 1
    assert "left out" in studies.remarks[0]


def test_a_huge_answer_is_cancelled_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "MOST_STUDIES", 50)
    sent: list[int] = []

    def endless(_: Dataset) -> Iterator[tuple[int, Dataset | None]]:
        for number in range(5000):
            sent.append(number)
            yield 0xFF00, study(number)

    with peer(endless) as address:
        studies = find_studies(address, ANY)
    assert len(studies) == 50
    assert "only so many are listed" in studies.remarks[-1]
    assert len(sent) < 5000


def test_an_answer_of_too_many_bytes_is_cut_off_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_BYTES", 100_000)
    fat = [study(number, StudyDescription="x" * 60) for number in range(1000)]
    with pytest.raises(PacsFailed, match="more than a search can be answered with"):
        found(*fat)


def test_a_peer_that_falls_silent_in_its_answers_ends_in_a_clear_error() -> None:
    def stops(_: Dataset) -> Iterator[tuple[int, Dataset | None]]:
        yield 0xFF00, study()
        time.sleep(3)
        yield 0x0000, None

    with peer(stops) as address, pytest.raises(PacsError, match="stopped answering"):
        find_studies(replace(address, time_outs=TimeOuts(dimse=1, network=1)), ANY)


def test_a_pdu_that_announces_gigabytes_is_not_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def announce() -> None:
            for _ in range(2):
                connection, _ = server.accept()
                connection.recv(4096)
                connection.sendall(b"\x02\x00\xff\xff\xff\xff" + bytes(1000))

        threading.Thread(target=announce, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(PacsError):
            echo(PacsAddress("GIANT", "127.0.0.1", server.getsockname()[1]))
    assert time.monotonic() - began < 5


def test_a_name_service_that_hangs_ends_in_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(*_: object, **__: object) -> None:
        time.sleep(3)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    address = PacsAddress("PACS", "pacs.example", 104, time_outs=TimeOuts(connection=0.3))
    began = time.monotonic()
    with pytest.raises(PacsUnreachable, match="did not say where"):
        echo(address)
    assert time.monotonic() - began < 2


def test_a_host_that_swallows_connections_ends_in_a_clear_error() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        held = [socket.socket() for _ in range(4)]
        for one in held:  # the queue of connections is full, so that a further one is never answered
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        address = PacsAddress("FULL", "127.0.0.1", full.getsockname()[1], time_outs=TimeOuts(connection=1))
        began = time.monotonic()
        with pytest.raises(PacsUnreachable, match="Nothing answers"):
            echo(address)
        assert time.monotonic() - began < 5
        for one in held:
            one.close()


class Everything(logging.Handler):
    """Keeps what is logged, by whomever."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def test_no_identifier_reaches_any_log_even_at_debug(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, recwarn: pytest.WarningsRecorder
) -> None:
    everything = Everything()
    watched = [logging.getLogger(name) for name in ("", "pydicom", "pynetdicom", "pynetdicom.events")]
    before = [(one, one.level) for one in watched]
    for one in watched:
        one.addHandler(everything)
        one.setLevel(logging.DEBUG)
    try:
        day = PEER_DAY.strftime("%Y%m%d")
        studies = find_studies(filled_orthanc.address, StudyQuery(day, day, patient_id=phantom_visit.patient_id))
        found(named(LATIN, "KLINGON"))
    finally:
        for one, level in before:
            one.removeHandler(everything)
            one.setLevel(level)
    assert len(studies) == 1
    assert everything.lines  # the library did speak
    said = "\n".join([*everything.lines, *(str(one.message) for one in recwarn)])
    for secret in (phantom_visit.patient_id, "PHANTOM", "Sørensen", "S\\xf8rensen", studies[0].accession):
        assert secret not in said
