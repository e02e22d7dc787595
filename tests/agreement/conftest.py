"""A small campaign of made-up participants: both glands, two readers, four visits, one read missing."""
from __future__ import annotations

import numpy as np
import pytest

from injection_log.agreement.bland_altman_drawing import draw_bland_altman
from injection_log.agreement.course_drawing import draw_gland_courses
from injection_log.agreement.drawing import Drawing
from injection_log.agreement.plot_values import BlandAltmanPlot, GlandCourse, bland_altman_plots, gland_courses
from injection_log.agreement.reads import GlandAtVisit, VolumeRead

READERS = ("R1", "R2")
VISITS = ("baseline", "month 3", "month 6", "month 12")


@pytest.fixture(scope="session")
def reads() -> tuple[VolumeRead, ...]:
    """Eight participants; the second reader is 300 µl higher; SMG-03's left gland lacks R2 at month 6."""
    random = np.random.default_rng(1)
    found = []
    for number in range(8):
        for side in ("right", "left"):
            for visit in VISITS:
                truth, at = random.normal(6000, 900), GlandAtVisit(f"SMG-{number:02}", visit, side)
                for reader, bias in zip(READERS, (0, 300), strict=True):
                    volume_ul = round(truth + bias + random.normal(0, 200))
                    if (number, side, visit, reader) != (3, "left", "month 6", "R2"):
                        found.append(VolumeRead(at, reader, "ellipsoid", volume_ul))
    return tuple(found)


@pytest.fixture(scope="session")
def plot(reads) -> BlandAltmanPlot:
    return bland_altman_plots(reads, READERS)[0]


@pytest.fixture(scope="session")
def courses(reads) -> tuple[GlandCourse, ...]:
    """Both glands of SMG-03."""
    return tuple(course for course in gland_courses(reads, READERS, VISITS) if course.participant == "SMG-03")


@pytest.fixture(scope="session", params=["bland_altman", "course"])
def drawing(request, plot, courses) -> Drawing:
    return draw_bland_altman(plot) if request.param == "bland_altman" else draw_gland_courses(courses)
