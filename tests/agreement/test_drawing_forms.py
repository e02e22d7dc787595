"""The three forms of a drawing: SVG, PNG, PDF."""
from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from pypdf import PdfReader
from reportlab.platypus import SimpleDocTemplate

from injection_log.agreement.bland_altman_drawing import draw_bland_altman
from injection_log.agreement.drawing import Drawing, Line, Marker, Words
from injection_log.agreement.raster import drawn, png_bytes
from injection_log.agreement.svg import svg_bytes
from injection_log_exports.plot import plot_flowable

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Words)]


def pdf_of(*drawings: Drawing) -> bytes:
    data = BytesIO()
    SimpleDocTemplate(data, invariant=1).build([plot_flowable(drawing, 400) for drawing in drawings])
    return data.getvalue()


# ---- SVG ------------------------------------------------------------------------------------------------------
def test_an_svg_has_each_shape_once_and_its_words_as_text(drawing):
    root = ElementTree.fromstring(svg_bytes(drawing))

    kinds = {kind: sum(isinstance(shape, kind) for shape in drawing.shapes) for kind in (Line, Words)}
    assert len(root.findall(f"{SVG}line")) == kinds[Line]
    assert [one.text for one in root.findall(f"{SVG}text")] == texts(drawing)
    assert root.find(f"{SVG}title").text == drawing.title


def test_an_svg_brings_nothing_from_outside_and_no_script(drawing):
    text = svg_bytes(drawing).decode()

    assert text.count("http") == 1  # the name space
    for forbidden in ("<script", "<style", "style=", "href", "<image", "url("):
        assert forbidden not in text


def test_the_same_drawing_gives_the_same_bytes_and_another_gives_others(plot, courses):
    first, again = (draw_bland_altman(plot), draw_bland_altman(replace(plot)))
    other = draw_bland_altman(replace(plot, first="R9"))

    for written in (svg_bytes, png_bytes, pdf_of):
        assert written(first) == written(again)
        assert written(first) != written(other)


def test_signs_and_letters_that_xml_does_not_allow_cannot_break_an_svg(plot):
    drawing = draw_bland_altman(replace(plot, first='<R&"1>\x00\x0b', second="Søster Æ"))

    root = ElementTree.fromstring(svg_bytes(drawing))
    assert '<R&"1>\ufffd\ufffd less Søster Æ' in root.find(f"{SVG}title").text


# ---- PNG ------------------------------------------------------------------------------------------------------
def test_a_png_has_the_size_of_the_drawing_and_is_opaque_rgb(drawing):
    picture = cv2.imdecode(np.frombuffer(png_bytes(drawing, 2), np.uint8), cv2.IMREAD_UNCHANGED)

    assert picture.shape == (int(np.ceil(2 * drawing.height)), int(np.ceil(2 * drawing.width)), 3)


def test_a_point_is_painted_where_it_lies(plot):
    drawing = draw_bland_altman(plot)
    pixels = drawn(drawing, 4)

    for marker in (shape for shape in drawing.shapes if isinstance(shape, Marker)):
        column, row = (int(4 * side) for side in marker.centre)
        patch = pixels[row - 6 : row + 7, column - 6 : column + 7].reshape(-1, 3)
        assert (patch == marker.ink).all(axis=1).any()


@pytest.mark.parametrize("width", [0.5, 0.8, 1.2, 2.0])
@pytest.mark.parametrize("end", [(18, 10), (10, 18), (18, 18)])
def test_a_line_is_as_wide_in_png_as_it_is_asked_for(width, end):
    start = (2 if end[0] == 18 else 10, 2 if end[1] == 18 else 10)
    pixels = drawn(Drawing(20, 20, "a line", (Line(start, end, (0, 0, 0), width),)), 4)

    length = 4 * np.hypot(end[0] - start[0], end[1] - start[1])
    assert (255 - pixels[..., 0].astype(int)).sum() / 255 / length == pytest.approx(4 * width, abs=0.25)


def test_a_line_lies_in_png_where_it_lies_in_svg():
    pixels = drawn(Drawing(20, 20, "a line", (Line((2, 10), (18, 10), (0, 0, 0), 2.0),)), 4)

    inked = np.flatnonzero(pixels[:, 40, 0] < 128)
    assert (inked.min(), inked.max()) == (36, 43)  # two points of four pixels around y = 10


@pytest.mark.parametrize(("anchor", "where"), [("start", 1.0), ("middle", 0.5), ("end", 0.0)])
def test_words_start_end_or_stand_around_their_place_in_png(anchor, where):
    pixels = drawn(Drawing(100, 20, "words", (Words((50, 14), "HHHH", 8, anchor=anchor),)), 4)

    columns = np.flatnonzero((pixels[..., 0] < 128).any(axis=0))
    share_right = (columns > 200).mean()
    assert share_right == pytest.approx(where, abs=0.06)


def test_less_than_a_pixel_a_point_is_refused(drawing):
    with pytest.raises(ValueError, match="one pixel"):
        png_bytes(drawing, 0)


# ---- PDF ------------------------------------------------------------------------------------------------------
def test_words_of_a_drawing_can_be_selected_in_a_pdf(drawing):
    page = PdfReader(BytesIO(pdf_of(drawing))).pages[0]

    found = " ".join(page.extract_text().split())
    for text in texts(drawing):
        assert " ".join(text.split()) in found


def test_the_typeface_of_a_drawing_is_embedded_in_a_pdf(drawing):
    fonts = PdfReader(BytesIO(pdf_of(drawing))).pages[0]["/Resources"]["/Font"]

    used = [font.get_object() for font in fonts.values() if "Vera" in str(font.get_object()["/BaseFont"])]
    assert len(used) >= 2
    assert all("/FontFile2" in font["/FontDescriptor"] for font in used)


def test_a_drawing_takes_the_width_it_is_given_and_keeps_its_form(drawing):
    placed = plot_flowable(drawing, 240)

    assert placed.width == pytest.approx(240)
    assert placed.height / placed.width == pytest.approx(drawing.height / drawing.width)
