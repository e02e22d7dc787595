"""A whole bilateral record by real events, its acts counted: at most 45, and 57 where each diameter is owed twice."""
from __future__ import annotations

import pytest
from opened_window import practice_site

from annotate.marks import Caliper, Needle
from injection_log.acts.visits import find_visit
from injection_log.practice.world import INJECTOR, Practice
from injection_log.site import log_in
from tools.acts_count import count, protocol_text

BOUNDS = {1: 45, 2: 57}
ANSWERED = {
    "injected": "yes", "volume_loaded_ul": 1100, "volume_residual_ul": 50, "volume_spilled_ul": 0,
    "needle": "25G-40mm", "tip_in_gland": "yes", "complications": ["none"],
}  # fmt: skip


@pytest.fixture(scope="module", params=[1, 2], ids=["once", "twice"])
def counted(request, app, tmp_path_factory, filled_orthanc, phantom_visit):
    """The hands with their named acts, the record that they left, how often each diameter was owed, and the site."""
    repeats, root = request.param, tmp_path_factory.mktemp("counted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(root / "keys"))
        site = practice_site(root, protocol_text(repeats))
        hands = count(Practice(site, filled_orthanc.address, phantom_visit), repeats, root / "pictures")
        record = find_visit(log_in(site, INJECTOR.user, INJECTOR.password), "SMG-07", "injection")
        yield hands, record, repeats, site


def test_a_bilateral_record_takes_no_more_acts_than_it_may(counted):
    hands, _, repeats, _ = counted
    assert hands.acts == len(hands.named)
    assert hands.acts <= BOUNDS[repeats], "\n".join(hands.named)


def test_nothing_but_the_first_picture_of_each_kind_has_to_be_looked_for(counted):
    hands, *_ = counted
    led_astray = [name for name in hands.named if name.startswith(("scroll:", "click: into"))]
    assert led_astray == []
    assert not any("left" in name for name in hands.named if name.startswith("click: picture for"))


def test_the_record_is_complete_and_signed_on_both_sides(counted):
    _, record, repeats, _ = counted
    for gland in record.glands.values():
        assert gland.state == "signed"
        axes = [placed.mark.axis for placed in gland.marks if isinstance(placed.mark, Caliper)]
        assert sorted(axes) == sorted(["length", "width", "depth"] * repeats)
        assert [placed.mark.tip_visibility for placed in gland.marks if isinstance(placed.mark, Needle)] == ["seen"]
        assert gland.volumes.injected_ul == 1050


def test_the_record_holds_what_was_answered_and_nothing_else(counted):
    _, record, _, _ = counted
    names = {"kit_code", "injector", "ultrasound_operator", "local_anaesthetic"}
    assert {name for name, value in record.facts.items() if value not in (None, "", [])} == names
    assert record.facts["injector"] == record.facts["ultrasound_operator"] == INJECTOR.printed_name
    for side, gland in record.glands.items():
        facts = {name: value for name, value in gland.facts.items() if value not in (None, "", [])}
        times = {name: facts.pop(name) for name in ("injection_start", "injection_end")}
        assert times["injection_start"] < times["injection_end"]
        assert facts.pop("syringe_code") == {"right": "SYR-2031", "left": "SYR-2032"}[side]
        assert facts == ANSWERED


def test_what_was_dragged_measures_what_the_phantom_is(counted, phantom_visit):
    _, record, _, _ = counted
    for side, gland in record.glands.items():
        meant = phantom_visit.visits[0].glands[side]
        assert gland.size.length_um / 1000 == pytest.approx(meant.length_mm, abs=0.25)
        assert gland.size.width_um / 1000 == pytest.approx(meant.width_mm, abs=0.25)
        assert gland.size.depth_um / 1000 == pytest.approx(meant.depth_mm, abs=0.25)


def test_its_log_verifies(counted):
    from injection_log.verify import verify

    *_, site = counted
    report = verify(site.home)
    assert report.ok, report.first_wrong
