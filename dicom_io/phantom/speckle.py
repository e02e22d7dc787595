"""Speckle and fibres: the randomness of the phantom's pictures, drawn once a participant, reused in crops.

Speckle is the size of a complex Gaussian field blurred by an oblong point spread (so Rayleigh distributed),
averaged over two looks as a compounding scanner does. All of it comes from the generator given; it does not
know what it will be laid over.
"""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dicom_io.phantom.screen import REGION_COLUMNS, REGION_ROWS

Field = NDArray[np.float32]

_MARGIN = 160
_LOOKS = 2
_POOL = 5


@dataclass(frozen=True)
class Texture:
    """The random part of one picture; every field has the shape of the region and unit spread."""

    waves: tuple[Field, ...]     # two fields (real, imaginary) for each look
    fibres: Field                # long in x, thin in z
    patches: Field               # slow in both directions
    curves: Field                # shape (8, columns): slow lines along x, for layers that are not quite flat

    def envelope(self) -> Field:
        """Amplitude of the speckle, mean 1."""
        looks = [cv2.magnitude(self.waves[2 * n], self.waves[2 * n + 1]) for n in range(_LOOKS)]
        total = looks[0]
        for look in looks[1:]:
            total = cv2.add(total, look)
        return np.asarray(total * np.float32(1 / (_LOOKS * 1.2533)), np.float32)


class TexturePool:
    """Large random fields of one participant; `pick` cuts a fresh texture from them."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._waves = [self._field((1.5, 3.1)) for _ in range(2 * _POOL)]
        self._fibres = [self._field((1.3, 21.0)) for _ in range(3)]
        self._patches = [self._field((22.0, 34.0)) for _ in range(3)]

    def pick(self) -> Texture:
        """A texture not seen before: random crops and mirror images of the pool."""
        order = self._random.permutation(2 * _POOL)[: 2 * _LOOKS]
        return Texture(
            waves=tuple(self._crop(self._waves[int(n)]) for n in order),
            fibres=self._crop(self._fibres[int(self._random.integers(3))]),
            patches=self._crop(self._patches[int(self._random.integers(3))]),
            curves=_slow_curves(self._random),
        )

    def _field(self, spread: tuple[float, float]) -> Field:
        shape = (REGION_ROWS + _MARGIN, REGION_COLUMNS + _MARGIN)
        raw = self._random.standard_normal(shape, dtype=np.float32)
        smooth = cv2.GaussianBlur(raw, (0, 0), sigmaX=spread[1], sigmaY=spread[0])
        return np.asarray((smooth - smooth.mean()) / smooth.std(), np.float32)

    def _crop(self, field: Field) -> Field:
        row, column = (int(value) for value in self._random.integers(0, _MARGIN, size=2))
        cut = field[row : row + REGION_ROWS, column : column + REGION_COLUMNS]
        return np.ascontiguousarray(cut[:, ::-1] if self._random.integers(2) else cut)


def _slow_curves(random: np.random.Generator) -> Field:
    raw = random.standard_normal((8, REGION_COLUMNS), dtype=np.float32)
    slow = cv2.GaussianBlur(raw, (0, 0), sigmaX=70.0, sigmaY=0.01)
    return np.asarray(slow / slow.std(axis=1, keepdims=True), np.float32)


def between(first: Texture, second: Texture, part: float) -> Texture:
    """A texture on the way from one to the other (part 0 to 1), still of unit spread."""
    spread = 1 / float(np.hypot(1 - part, part))
    a, b = (1 - part) * spread, part * spread

    def mix(left: Field, right: Field) -> Field:
        return np.asarray(cv2.addWeighted(left, a, right, b, 0.0), np.float32)

    return Texture(
        waves=tuple(mix(left, right) for left, right in zip(first.waves, second.waves, strict=True)),
        fibres=mix(first.fibres, second.fibres),
        patches=mix(first.patches, second.patches),
        curves=np.asarray((1 - part) * first.curves + part * second.curves, np.float32),
    )
