"""A contact sheet shows each frame whole, says which it is, and marks those to look at twice."""
from __future__ import annotations

import numpy as np
import pytest

from annotate.contact_sheet import MARKED, PAGE_SHAPE, TILES_A_PAGE, Tile, contact_pages

BOX = (20, 30, 219, 329)


def tile(value: int, *, marked: bool = False) -> Tile:
    frame = np.zeros((260, 400), np.uint8)
    frame[BOX[0] : BOX[2] + 1, BOX[1] : BOX[3] + 1] = value
    return Tile(frame, f"frame {value}", BOX, marked)


@pytest.mark.parametrize(("tiles", "pages"), [(1, 1), (TILES_A_PAGE, 1), (TILES_A_PAGE + 1, 2), (15, 3)])
def test_every_tile_is_on_a_page(tiles: int, pages: int) -> None:
    made = list(contact_pages((tile(100 + n) for n in range(tiles)), "As it would leave", tiles))
    assert len(made) == pages
    assert {page.shape for page in made} == {(*PAGE_SHAPE, 3)}
    shown = sum(np.bincount(page[..., 0].ravel(), minlength=256) for page in made)
    assert (shown[100 : 100 + tiles] > 50_000).all()


def test_a_tile_is_shown_whole_in_its_shape_and_colours() -> None:
    frame = np.zeros((260, 400, 3), np.uint8)
    frame[20:220, 30:330] = (200, 40, 90)
    (page,) = contact_pages([Tile(frame, "colour", BOX)], "", 1)
    rows, columns = np.nonzero((page == (200, 40, 90)).all(axis=2))
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert width / height == pytest.approx(300 / 200, rel=0.01)
    assert (page[rows.min() : rows.max(), columns.min() : columns.max()] == (200, 40, 90)).all()


def test_a_marked_tile_has_a_frame_of_its_own_colour() -> None:
    plain, marked = (next(contact_pages([tile(90, marked=on)], "", 1)) for on in (False, True))
    assert not (plain == MARKED).all(axis=2).any()
    assert (marked == MARKED).all(axis=2).sum() > 1000
