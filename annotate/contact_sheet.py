"""Contact sheets: pages of frames as they would leave, for a person to look through before anything does.

Each tile is cut to what is not black, because that is all there is to see, and says which frame it is. What
is on a tile is drawn, never written into a copy. Deliberately knows no file and decides nothing.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
import numpy.typing as npt

from annotate.appearance import Rgb
from annotate.caption import INK, PAPER, QUIET
from annotate.strokes import Pixels, cap_height, plain_words, text_width, words

TILES_A_PAGE = 6
PAGE_SHAPE = (1252, 2592)
"""Rows and columns of every page: twice what fits a 1366 x 768 screen, so that small letters can be read close up."""
_ACROSS, _DOWN = 3, 2
_MARGIN, _HEAD, _LINE = 24, 72, 44
_SIZE = 30
_LARGEST_ZOOM = 3.0
MARKED: Rgb = (255, 176, 0)


@dataclass(frozen=True)
class Tile:
    """One frame as it would leave, uint8 (rows, columns) or (rows, columns, 3). `is_marked`: look twice."""

    frame: npt.NDArray[np.uint8]
    title: str
    box: tuple[int, int, int, int]
    is_marked: bool = False


def contact_pages(tiles: Iterable[Tile], heading: str, count: int) -> Iterator[Pixels]:
    """Pages of six tiles, RGB uint8 of `PAGE_SHAPE`; `count` is how many tiles there are in all."""
    pages = -(-count // TILES_A_PAGE)
    rest = iter(tiles)
    for number in range(1, pages + 1):
        page: Pixels = np.empty((*PAGE_SHAPE, 3), np.uint8)
        page[:] = PAPER
        words(page, heading, (_MARGIN, (_HEAD + cap_height(_SIZE)) // 2), _SIZE, INK)
        said = f"page {number} of {pages}"
        right = PAGE_SHAPE[1] - _MARGIN - text_width(said, _SIZE)
        plain_words(page, said, (right, (_HEAD + cap_height(_SIZE)) // 2), _SIZE, QUIET)
        for place, tile in enumerate(islice(rest, TILES_A_PAGE)):
            _put_tile(page, tile, place)
        yield page


def _put_tile(page: Pixels, tile: Tile, place: int) -> None:
    height = (PAGE_SHAPE[0] - _HEAD) // _DOWN
    width = PAGE_SHAPE[1] // _ACROSS
    top, left = _HEAD + (place // _ACROSS) * height, (place % _ACROSS) * width
    room = (height - _LINE - _MARGIN, width - _MARGIN)
    picture = _fitted(tile, room)
    rows, columns = picture.shape[:2]
    row, column = top + (room[0] - rows) // 2, left + _MARGIN // 2 + (room[1] - columns) // 2
    page[row : row + rows, column : column + columns] = picture
    if tile.is_marked:
        cv2.rectangle(page, (left + 4, top), (left + width - 5, top + height - 6), MARKED, 4)
    ink = MARKED if tile.is_marked else INK
    plain_words(page, tile.title, (left + _MARGIN, top + room[0] + cap_height(_SIZE) + 10), _SIZE, ink)


def _fitted(tile: Tile, room: tuple[int, int]) -> Pixels:
    """The tile's box as RGB, as large as the room allows, its shape kept."""
    row0, column0, row1, column1 = tile.box
    cut = tile.frame[row0 : row1 + 1, column0 : column1 + 1]
    rgb = np.repeat(cut[..., None], 3, axis=2) if cut.ndim == 2 else cut
    zoom = min(room[0] / rgb.shape[0], room[1] / rgb.shape[1], _LARGEST_ZOOM)
    size = max(1, int(rgb.shape[1] * zoom)), max(1, int(rgb.shape[0] * zoom))
    way = cv2.INTER_AREA if zoom < 1 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(np.ascontiguousarray(rgb), size, interpolation=way), dtype=np.uint8)
