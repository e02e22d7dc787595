"""No picture of the binder holds what is burned in beside the picture; where that is not sure, none leaves."""
from __future__ import annotations

import cv2
import numpy as np
from trial_site import TrialSite

from injection_log.acts import kept_areas
from injection_log.acts.binder import gather_binder
from injection_log.acts.kept_areas import StandingArea
from injection_log.acts.outputs import export_facts
from injection_log.binder_content import BinderContent, BinderPicture
from injection_log.record.values import VisitImage


def pictures_of(trial: TrialSite) -> tuple[BinderPicture, ...]:
    session = trial.session("monitor")
    content = gather_binder(session, export_facts(session)).content
    assert isinstance(content, BinderContent)
    return content.participants[0].visits[0].glands[0].pictures


def read(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


def image_of(trial: TrialSite, picture: BinderPicture) -> VisitImage:
    return next(one for one in trial.record.images if one.sha256 == picture.image_sha256)


def test_outside_of_the_kept_area_every_pixel_is_black_in_frame_and_layer(trial: TrialSite) -> None:
    for picture in pictures_of(trial):
        image = image_of(trial, picture)
        area = kept_areas.area_for(trial.session("operator"), image)
        assert isinstance(area, StandingArea)
        outside = ~area.area.mask(image.rows, image.columns)
        clean, layer = read(picture.clean), read(picture.layer)
        assert clean.shape[:2] == outside.shape
        assert not clean[outside].any()
        assert clean[~outside].any()
        assert layer.shape == (picture.rows, picture.columns, 4)
        assert "2D region" in picture.area


def test_a_picture_whose_kept_area_waits_for_a_second_person_does_not_leave_and_says_why(draft: TrialSite) -> None:
    operator = draft.session("operator")
    image = image_of(draft, pictures_of(draft)[0])
    kept_areas.draw_kept_area(operator, image, ((60, 60, 300, 300),), instead_of_the_region=True)
    waiting = pictures_of(draft)[0]
    assert (waiting.clean, waiting.layer) == (b"", b"")
    assert "second person" in waiting.why_not
    kept_areas.confirm_kept_area(draft.session("investigator"), image, ((60, 60, 300, 300),))
    confirmed = pictures_of(draft)[0]
    assert "two people agreed" in confirmed.area
    assert not read(confirmed.clean)[301:].any()
