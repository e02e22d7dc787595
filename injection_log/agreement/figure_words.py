"""The figures of a campaign as lines of a table: volumes in millilitres, digits for each unit, a reason for a gap.

Every cell is text, or a whole number of cases; "" where there is nothing to say. Deliberately no judgement of a figure
in words such as "good": what is enough depends on what it is for.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from injection_log.agreement.campaign_figures import Figure, MeanLine, Unit
from injection_log.agreement.figures import Interval, NotComputable
from injection_log.agreement.reads import Change, MeanOfReaders

Line = dict[str, str | int]

FIGURE_COLUMNS = (
    "figure", "of", "readers", "visit", "gland", "cases", "lacking", "unit", "value", "low", "high", "why",
)
MEAN_COLUMNS = (
    "participant", "visit", "gland", "method", "mean_ml", "lowest_ml", "highest_ml", "readers",
    "change_ml", "change_percent", "why",
)
_FORMS: dict[Unit, tuple[str, float, int]] = {"": ("", 1.0, 3), "ul": ("ml", 0.001, 3), "percent": ("%", 1.0, 1)}
"""By unit of a value: as printed, factor, decimals."""


@dataclass(frozen=True)
class AgreementTable:
    """One table of the report: its name for programs, its title, columns and lines."""

    name: str
    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def with_notes(table: AgreementTable) -> tuple[list[Line], list[str]]:
    """The lines with `note` in place of `why`, "(1)" or "", and the reasons that these numbers stand for."""
    reasons: list[str] = []
    lines: list[Line] = []
    for line in table.lines:
        why = str(line["why"])
        if why and why not in reasons:
            reasons.append(why)
        lines.append({**line, "note": f"({reasons.index(why) + 1})" if why else ""})
    return lines, reasons


def figure_lines(figures: Iterable[Figure]) -> list[Line]:
    """One line a figure, by FIGURE_COLUMNS; `low` to `high` is its 95 % interval, `why` says what is not there."""
    return [_figure_line(figure) for figure in figures]


def mean_table(lines: Iterable[MeanLine]) -> list[Line]:
    """One line a gland and visit, by MEAN_COLUMNS; `why` says what is not there."""
    return [_mean_line(line) for line in lines]


def _figure_line(figure: Figure) -> Line:
    unit, factor, digits = _FORMS[figure.unit]
    value = low = high = why = ""
    if isinstance(figure.value, NotComputable):
        why = figure.value.why
    else:
        value = _number(figure.value.value * factor, digits)
        interval = figure.value.interval
        if isinstance(interval, Interval):
            low, high = (_number(end * factor, digits) for end in (interval.low, interval.high))
        else:
            why = interval.why
    return {
        "figure": figure.name, "of": figure.of, "readers": ", ".join(figure.readers),
        "visit": figure.among.visit or "all", "gland": figure.among.side or "both", "cases": figure.cases,
        "lacking": figure.lacking, "unit": unit, "value": value, "low": low, "high": high, "why": why,
    }


def _mean_line(line: MeanLine) -> Line:
    cells: Line = {
        "participant": line.gland.participant, "visit": line.gland.visit, "gland": line.gland.side,
        "method": line.method, "mean_ml": "", "lowest_ml": "", "highest_ml": "", "readers": "",
        "change_ml": "", "change_percent": "", "why": "",
    }
    mean, change = line.mean, line.change
    if isinstance(mean, MeanOfReaders):
        cells |= {
            "mean_ml": _ml(mean.volume_ul), "lowest_ml": _ml(mean.lowest_ul), "highest_ml": _ml(mean.highest_ul),
            "readers": mean.readers,
        }
    else:
        cells["why"] = mean.why
    if isinstance(change, Change):
        cells |= {"change_ml": f"{change.change_ml:+.3f}", "change_percent": f"{change.change_percent:+.1f}"}
    elif change is not None:
        cells["why"] = change.why
    return cells


def _ml(volume_ul: int) -> str:
    return f"{Decimal(volume_ul).scaleb(-3):.3f}"


def _number(value: float, digits: int) -> str:
    """Rounded, never "-0.000"."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if not float(text) else text
