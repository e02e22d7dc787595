"""What the pictures show, as values; and that nothing in them, or in what they are made of, could tell an arm."""
from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import subprocess
import sys
from dataclasses import replace

from injection_log import agreement
from injection_log.agreement.figures import NotComputable
from injection_log.agreement.plot_values import VisitVolume, VisitWithoutVolume, bland_altman_plots, gland_courses
from injection_log.agreement.reads import MeanOfReaders, VolumeRead

READERS = ("R1", "R2")


def test_each_method_and_pair_of_readers_has_a_plot_of_its_own(reads):
    third = [replace(read, reader="R3", volume_ul=read.volume_ul + 50) for read in reads if read.reader == "R1"]
    by_contour = [replace(read, method="contour_stack") for read in reads]

    plots = bland_altman_plots([*reads, *third, *by_contour], (*READERS, "R3"))

    pairs = [("R1", "R2"), ("R1", "R3"), ("R2", "R3")]
    assert [(plot.method, plot.first, plot.second) for plot in plots] == [
        (method, *pair) for method in ("contour_stack", "ellipsoid") for pair in pairs
    ]


def test_a_plot_leaves_out_what_one_reader_did_not_read_and_counts_it(plot):
    assert plot.figures.cases == 63
    assert plot.lacking == 1


def test_a_plot_is_the_first_reader_less_the_second(plot):
    assert plot.figures.bias.value < 0
    assert -300 in plot.figures.bias.interval


def test_a_course_follows_the_visits_in_their_order_and_the_right_gland_comes_first(courses):
    assert [course.side for course in courses] == ["right", "left"]
    assert [at.visit for at in courses[0].visits] == ["baseline", "month 3", "month 6", "month 12"]


def test_a_visit_shows_the_mean_and_the_spread_of_the_readers(reads, courses):
    volumes = [
        read.volume_ul for read in reads
        if (read.gland.participant, read.gland.side, read.gland.visit) == ("SMG-03", "right", "baseline")
    ]

    first = courses[0].visits[0]
    assert isinstance(first, VisitVolume)
    assert (first.mean.lowest_ul, first.mean.highest_ul, first.mean.readers) == (min(volumes), max(volumes), 2)


def test_a_visit_without_all_reads_says_why(courses):
    lacking = courses[1].visits[2]

    assert isinstance(lacking, VisitWithoutVolume)
    assert "1 of 2 readers" in lacking.why.why


def test_a_visit_that_nobody_read_has_its_place_and_a_reason(reads):
    course = gland_courses(reads, READERS, ["baseline", "month 24"])[0]

    assert isinstance(course.visits[1], VisitWithoutVolume)
    assert course.visits[1].why.reason == "missing_reads"


def test_too_few_cases_make_a_plot_with_a_reason(reads):
    few = bland_altman_plots(reads[:4], READERS)[0]

    assert isinstance(few.figures, NotComputable)
    assert few.figures.reason == "too_few_cases"


def test_the_order_of_the_reads_changes_no_picture(reads):
    backwards = tuple(reversed(reads))

    assert bland_altman_plots(backwards, READERS) == bland_altman_plots(reads, READERS)
    assert gland_courses(backwards, READERS, ["baseline"]) == gland_courses(reads, READERS, ["baseline"])


def test_no_value_of_the_package_has_a_place_for_an_arm():
    # a read and everything made of it: these names and no others say whose it is
    whose = {"participant", "visit", "side", "reader", "readers", "method", "scale", "gland", "glands", "repeat"}
    values = {"volume_ul", "lowest_ul", "highest_ul", "baseline_ul", "percent_tenths", "grade", "rows", "mean"}

    modules = [importlib.import_module(f"injection_log.agreement.{name}") for name in ("reads", "plot_values")]
    found = {
        field.name
        for module in modules for kind in vars(module).values()
        if dataclasses.is_dataclass(kind) and kind.__module__ == module.__name__
        for field in dataclasses.fields(kind)
    }
    assert VolumeRead in vars(modules[0]).values()
    assert found == whose | values | {"first", "second", "figures", "lacking", "visits", "why"}


def test_every_dataclass_of_the_package_is_frozen():
    for found in pkgutil.iter_modules(agreement.__path__):
        module = importlib.import_module(f"injection_log.agreement.{found.name}")
        for kind in vars(module).values():
            if dataclasses.is_dataclass(kind):
                assert kind.__dataclass_params__.frozen, kind


def test_a_mean_of_equal_reads_has_no_spread(reads):
    equal = [replace(read, volume_ul=6000) for read in reads]

    visit = gland_courses(equal, READERS, ["baseline"])[0].visits[0]
    assert visit.mean == MeanOfReaders(6000, 6000, 6000, 2)


def test_figures_and_drawings_load_neither_opencv_nor_a_database_nor_the_slow_half_of_scipy():
    program = (
        "import sys\n"
        "import injection_log.agreement.plot_values, injection_log.agreement.svg\n"
        "import injection_log.agreement.bland_altman_drawing, injection_log.agreement.course_drawing\n"
        "from injection_log.agreement.icc import icc_2_1\n"
        "icc_2_1([[1, 2], [2, 4], [4, 5]])\n"
        "heavy = {'cv2', 'scipy.stats', 'sqlalchemy', 'PySide6', 'pydicom', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
