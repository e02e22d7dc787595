"""What a person types becomes one stored value or is refused in one sentence."""
from __future__ import annotations

from datetime import date

import pytest

from injection_log.errors import Refused
from injection_log.protocol.fields import CATALOGUE
from injection_log.protocol.plain_words import words_of
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.protocol.typed import TypedIn, check_words, microlitres, value_of

PLACE = TypedIn(read_protocol(practice_protocol_text()), date(2026, 11, 22), 60)


@pytest.mark.parametrize(
    ("typed", "stored"), [("0,5", 500), ("0.5", 500), ("0.50", 500), ("1", 1000), ("1,05", 1050), (" 2.4 ", 2400)]
)
def test_millilitres_with_comma_or_point_are_the_same_microlitres(typed: str, stored: int) -> None:
    assert microlitres(typed) == stored


@pytest.mark.parametrize("typed", ["1,234.5", "1.234,5", "1,234", "-1", "1e3", "½", "1 000", "0,5 ml", "٣", ".5", "5."])
def test_a_volume_that_could_be_read_in_two_ways_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="not a volume"):
        microlitres(typed)


def test_a_local_anaesthetic_beyond_any_reason_is_refused() -> None:
    with pytest.raises(Refused, match="at most"):
        value_of(CATALOGUE["local_anaesthetic_ul"], "999.99", PLACE)


def test_a_time_of_day_becomes_a_moment_with_day_and_offset() -> None:
    assert value_of(CATALOGUE["injection_start"], "9:05", PLACE) == "2026-11-22T09:05:00+01:00"


@pytest.mark.parametrize("typed", ["25:00", "9", "12:60", "noon"])
def test_a_time_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="time of day"):
        value_of(CATALOGUE["injection_start"], typed, PLACE)


def test_several_complications_are_stored_sorted_and_once() -> None:
    assert value_of(CATALOGUE["complications"], "pain, bleeding,pain", PLACE) == ["bleeding", "pain"]


def test_no_complication_cannot_stand_beside_one() -> None:
    with pytest.raises(Refused, match="none"):
        value_of(CATALOGUE["complications"], "none,pain", PLACE)


def test_an_empty_text_clears_a_field() -> None:
    assert value_of(CATALOGUE["gland_remark"], "  ", PLACE) is None


@pytest.mark.parametrize("text", ["smelled of DMSO", "Cells, I think", "Væsken var uklar", "lot 5 used", "celler?"])
def test_free_text_that_hints_at_the_arm_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Refused) as refused:
        value_of(CATALOGUE["gland_remark"], text, PLACE)
    assert refused.value.code == "word_not_allowed"
    assert text not in refused.value.why
    assert "telephone" in refused.value.why


@pytest.mark.parametrize("text", ["excellent view", "plotted twice", "Cellulitis excluded", "alarm rang"])
def test_words_that_only_hold_a_refused_word_are_accepted(text: str) -> None:
    assert value_of(CATALOGUE["gland_remark"], text, PLACE) == text


def test_a_code_of_another_form_is_refused() -> None:
    with pytest.raises(Refused, match="not a code"):
        value_of(CATALOGUE["kit_code"], "(10)LOT123", PLACE)


@pytest.mark.parametrize(
    "text",
    [
        "\u0441\u0435lls", "placeb\u03bf", "\u1d04\u1d07\u029f\u029fs", "ce\u0301lls", "c\u0336e\u0336l\u0336l\u0336s",
        "ce\u034flls", "ce\ufe0flls", "ce\u3164lls", "ce\u2800lls", "ce\u200blls", "ce\u00adlls", "AKT\u0130V",
        "\uff23\uff25\uff2c\uff2c\uff33", "akt\u0131v", "hvidloeg", "hvidlo\u0308g", "maelket", "m\u00e6-lket!",
        "ce-lls", "ce\u2011lls", "cel- ler", "ce_lls", "c.e.l.l.s", "c e l l s",
    ],
)  # fmt: skip
def test_a_refused_word_is_found_however_it_is_spelled(text: str) -> None:
    with pytest.raises(Refused) as refused:
        check_words(f"there were {text} in it", PLACE.protocol)
    assert refused.value.code == "word_not_allowed"


@pytest.mark.parametrize(
    "text",
    ["a b c", "plot-ted line", "right-hand side, 0,5 + 0,65", "stemning i stuen", "r\u00f8d og h\u00e6vet", "i a o e"],
)  # fmt: skip
def test_signs_between_ordinary_words_hide_nothing_and_invent_nothing(text: str) -> None:
    check_words(text, PLACE.protocol)


def test_the_longest_remark_of_single_letters_is_compared_at_once() -> None:
    assert max(map(len, words_of("-a b" * 2000))) <= 40
