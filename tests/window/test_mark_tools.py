"""The tools: two clicks, one drag, or the tip alone."""
from __future__ import annotations

from dicom_io.calibration import Point
from injection_log_napari.presenters.tools import CaliperTool, NeedleTool, Placing

A, B = Point(10, 10), Point(50, 80)


def test_two_clicks_give_both_ends():
    placing = Placing(CaliperTool("length")).pressed(A).released(A, 3).moved(B).pressed(B)
    assert placing.is_done
    assert placing.points == (A, B)


def test_one_drag_gives_both_ends():
    placing = Placing(CaliperTool("width")).pressed(A).moved(B).released(B, 3)
    assert placing.points == (A, B)


def test_a_hand_that_trembles_within_reach_has_clicked_once():
    near = Point(11, 11)
    assert Placing(CaliperTool("width")).pressed(A).released(near, 3).points == (A,)


def test_an_out_of_plane_needle_is_its_tip():
    assert Placing(NeedleTool(in_plane=False)).pressed(B).is_done


def test_the_last_click_can_be_taken_back():
    assert Placing(NeedleTool(in_plane=True)).pressed(A).without_last().points == ()
