"""Where a point of the image lies on the glass: zoom and position as one frozen value.

Pure arithmetic, shared by both canvases. It knows no widget; pixel centres are at whole numbers.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

from dicom_io.calibration import Point
from injection_log_napari.canvas.interface import PixelAspect

SQUARE = PixelAspect()
SMALLEST_ZOOM, LARGEST_ZOOM = 0.05, 40.0


@dataclass(frozen=True)
class ViewTransform:
    """Image (row, column) -> widget (x, y): x = left + zoom * aspect.column * (column + 0.5), y likewise."""

    zoom: float = 1.0
    left: float = 0.0
    top: float = 0.0
    aspect: PixelAspect = SQUARE

    def to_widget(self, point: Point) -> tuple[float, float]:
        """(x, y) in widget units of an image point."""
        return (
            self.left + self.zoom * self.aspect.column * (point.column + 0.5),
            self.top + self.zoom * self.aspect.row * (point.row + 0.5),
        )

    def to_image(self, x: float, y: float) -> Point:
        """The image point under (x, y)."""
        return Point(
            row=(y - self.top) / (self.zoom * self.aspect.row) - 0.5,
            column=(x - self.left) / (self.zoom * self.aspect.column) - 0.5,
        )

    def reach(self, widget_units: float) -> float:
        """How many image pixels (of the smaller side) a distance on the glass spans."""
        return widget_units / self.zoom

    def zoomed_about(self, x: float, y: float, factor: float) -> ViewTransform:
        """Zoomed by a factor with the point under (x, y) staying where it is."""
        zoom = min(LARGEST_ZOOM, max(SMALLEST_ZOOM, self.zoom * factor))
        real = zoom / self.zoom
        return replace(self, zoom=zoom, left=x - (x - self.left) * real, top=y - (y - self.top) * real)

    def moved(self, dx: float, dy: float) -> ViewTransform:
        """Shifted on the glass."""
        return replace(self, left=self.left + dx, top=self.top + dy)


def fitted(image: tuple[int, int], glass: tuple[float, float], aspect: PixelAspect) -> ViewTransform:
    """The whole image (rows, columns) centred in a glass of (width, height)."""
    rows, columns = image
    width, height = max(1.0, glass[0]), max(1.0, glass[1])
    zoom = min(width / (columns * aspect.column), height / (rows * aspect.row))
    return centred(image, glass, replace(ViewTransform(aspect=aspect), zoom=zoom))


def centred(image: tuple[int, int], glass: tuple[float, float], view: ViewTransform) -> ViewTransform:
    """The same zoom with the image in the middle of the glass."""
    rows, columns = image
    return replace(
        view,
        left=(glass[0] - columns * view.aspect.column * view.zoom) / 2,
        top=(glass[1] - rows * view.aspect.row * view.zoom) / 2,
    )


def scale_bar_mm(mm_per_px_column: float, view: ViewTransform, longest: float) -> tuple[int, float]:
    """The longest round bar (1, 2, 5, 10, 20 or 50 mm) within `longest` widget units: (mm, widget units)."""
    per_mm = view.zoom * view.aspect.column / mm_per_px_column
    fitting = [mm for mm in (1, 2, 5, 10, 20, 50) if mm * per_mm <= longest]
    length = fitting[-1] if fitting else 1
    return length, length * per_mm
