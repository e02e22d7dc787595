"""A paint that fails, on the glass, under it and beside it: one sentence, and the next paint is a whole one.

The paints are asked for with `update()`, as the window asks for them: `repaint()` would hand the error to its caller.
"""
from __future__ import annotations

import numpy as np
import pytest
from opened_window import OpenedVisit, wait

from injection_log_napari.canvas.pictures import picture_of
from injection_log_napari.support_log import begin_log, catch_all, end_log

PLANTED = "SECRET^NAME 0101010000"


class Failing:
    """A function that fails as often as it is told, then is itself again; counts its calls."""

    def __init__(self, whole) -> None:
        self._whole, self.calls, self.to_fail = whole, 0, 0

    def __call__(self, *given, **named):
        self.calls += 1
        if self.to_fail:
            self.to_fail -= 1
            raise ValueError(PLANTED)
        return self._whole(*given, **named)


@pytest.fixture(scope="module")
def opened(app, tmp_path_factory, phantom_visit):
    root = tmp_path_factory.mktemp("paints")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(root / "keys"))
        made = OpenedVisit(app, root, phantom_visit.visits[0].files[0].parent)
        clip = max(made.page.desk.record.images, key=lambda image: image.frames)
        made.page.room.picture_chosen(clip.sop_instance_uid)
        wait(app, lambda: not made.picture.turning.is_waiting)
        made.spin(0.3)
        yield made
        made.window.close()


@pytest.fixture
def caught(opened):
    """The log of the program while errors are told as `open_window` tells them."""
    handler, undo = begin_log(opened.site.home.log_file), catch_all(opened.window.fault.emit)
    yield lambda: opened.site.home.log_file.read_text("utf-8")
    undo()
    end_log(handler)
    opened.window.notices.tell("fault", "")


def paints_again(opened, widget, paint: Failing) -> None:
    before = paint.calls
    widget.update()
    wait(opened.app, lambda: paint.calls > before)
    opened.spin(0.05)


@pytest.mark.parametrize("place", ["marks on the glass", "the frame below it", "the strip of frames"])
def test_a_failed_paint_is_one_sentence_and_the_next_paint_is_whole(opened, caught, monkeypatch, capfd, place):
    from injection_log_napari.canvas import qt_canvas, surface
    from injection_log_napari.views import cine_bar

    module, name, widget = {
        "marks on the glass": (surface, "paint_marks", opened.surface),
        "the frame below it": (qt_canvas, "Point", opened.surface.parentWidget()),
        "the strip of frames": (cine_bar, "colour", opened.bar.strip),
    }[place]
    paint = Failing(getattr(module, name))
    monkeypatch.setattr(module, name, paint)
    whole = picture_of(widget.grab().toImage()).astype(int)
    paint.to_fail = 1
    paints_again(opened, widget, paint)
    wait(opened.app, lambda: opened.window.notices.text)
    assert "what was saved is safe" in opened.window.notices.text
    assert PLANTED not in opened.window.notices.text
    assert "ValueError" in caught()
    assert "SECRET" not in caught()
    opened.window.notices.tell("fault", "")
    paints_again(opened, widget, paint)
    opened.spin(0.2)
    assert np.abs(picture_of(widget.grab().toImage()) - whole).mean() < 0.1
    said = capfd.readouterr().err
    assert "Traceback" not in said
    assert "active painter" not in said  # what Qt says of a painter that a failed paint left behind


def test_a_paint_that_fails_every_time_is_said_once_and_everything_else_works(opened, caught, monkeypatch):
    from injection_log_napari.canvas import surface

    paint = Failing(surface.paint_marks)
    monkeypatch.setattr(surface, "paint_marks", paint)
    paint.to_fail, before = 1000, caught().count("ValueError")
    for _ in range(5):
        paints_again(opened, opened.surface, paint)
    wait(opened.app, lambda: opened.window.notices.text)
    assert caught().count("ValueError") == before + 1
    opened.page.column.steps["participant"].click()
    assert opened.page.room.step == "participant"
    editor = opened.page.participant.form.fields["kit_code"].editor
    editor.setText("KIT-0417")
    opened.page.commit()
    assert opened.page.desk.record.facts["kit_code"] == "KIT-0417"
    opened.page.column.steps["right"].click()
    monkeypatch.undo()
    opened.surface.update()
    opened.spin(0.1)
    assert opened.window.zone.canvas.snapshot().max() > 100
