"""The measure widget as a real Qt widget on napari's model: it follows layers and lines, and says what is missing."""
from __future__ import annotations

import numpy as np
import pytest

from injection_log_napari.in_napari.layer import PICTURE

INSIDE = np.array([[200.0, 300.0], [320.0, 450.0]])
FURTHER = np.array([[0.0, 0.0], [0.0, 100.0]])


@pytest.fixture
def widget(app, viewer):
    from injection_log_napari.in_napari.measure_widget import MeasureWidget

    made = MeasureWidget(viewer)
    yield made
    made.close()
    made.deleteLater()
    app.processEvents()


@pytest.fixture
def rows(app, widget):
    """What the table says, once what napari told has been answered."""

    def read():
        app.processEvents()
        table = widget.table
        return [[table.item(row, column).text() for column in range(4)] for row in range(table.rowCount())]

    return read


@pytest.fixture
def still(viewer, visit_file):
    (layer,) = viewer.open(visit_file("right-longitudinal"), plugin="injection-log")
    return layer


def test_without_ultrasound_it_says_what_to_do(app, viewer, widget, rows):
    from injection_log_napari.in_napari.measure_widget import NO_PICTURE

    viewer.add_image(np.zeros((20, 30)))
    assert rows() == []
    assert (widget.sentence.text(), widget.draw.isEnabled(), widget.picture.chosen) == (NO_PICTURE, False, None)


def test_the_button_makes_a_layer_on_the_picture_with_the_line_tool_in_hand(app, viewer, widget, rows, still):
    rows()
    widget.draw.click()
    made = viewer.layers[-1]
    assert widget.lines.chosen is made
    assert (made.mode, tuple(made.scale), made.units) == ("add_line", tuple(still.scale), still.units)


def test_a_line_that_is_drawn_and_moved_is_measured_at_once(viewer, widget, rows, still):
    rows()
    widget.add_lines()
    lines = viewer.layers[-1]
    lines.add_lines(INSIDE)
    (before,) = rows()
    lines._data_view.edit(0, INSIDE + FURTHER)  # what a drag of one end does, time after time
    lines.refresh()
    (after,) = rows()
    assert before[2].endswith(" mm")
    assert after[2].endswith(" mm")
    assert float(after[2].split()[0]) > float(before[2].split()[0])


def test_a_line_that_leaves_the_picture_turns_into_the_reason(viewer, widget, rows, still):
    widget.refresh()
    rows()
    widget.add_lines()
    viewer.layers[-1].add_lines([[0.0, 0.0], [320.0, 450.0]])
    ((_, _, length, why),) = rows()
    assert length == "no length"
    assert "outside every 2D region" in why


def test_a_picture_that_is_moved_takes_its_scale_from_under_the_line(viewer, widget, rows, still):
    rows()
    widget.add_lines()
    viewer.layers[-1].add_lines(INSIDE)
    assert rows()[0][3] == "scanner region 1"
    still.translate = (1000, 1000)
    assert "outside the picture" in rows()[0][3]


def test_the_chosen_picture_stays_chosen_and_goes_when_its_layer_goes(viewer, widget, rows, still, visit_file):
    rows()
    viewer.open(visit_file("left-longitudinal"), plugin="injection-log")
    rows()
    assert widget.picture.chosen is still
    assert widget.picture.count() == 2
    viewer.layers.remove(still)
    rows()
    assert PICTURE in widget.picture.chosen.metadata
    assert widget.picture.count() == 1


def test_a_dock_that_was_closed_does_not_disturb_the_viewer(app, viewer, still):
    from shiboken6 import delete

    from injection_log_napari.in_napari.measure_widget import MeasureWidget

    gone = MeasureWidget(viewer)
    delete(gone)
    viewer.add_shapes([INSIDE], shape_type="line")
    still.translate = (5, 5)
    app.processEvents()
    assert len(viewer.layers) == 2
