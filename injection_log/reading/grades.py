"""What a reader says of a gland besides its measures: OMERACT grades 0 to 3, and how good the pictures are.

The definitions are shown while one grades: without them readers agree less. Words and lists only; what is stored is
the number and the codes. Sources: grey-scale, OMERACT ultrasound score of major salivary glands (Ann Rheum Dis 2019;
78:967); Doppler, the score for salivary glands of the same group (Hocevar 2022).
"""
from __future__ import annotations

from typing import Literal

from injection_log.protocol.reading_design import GradeKind

Quality = Literal["adequate", "limited", "unreadable"]
GRADE_TITLES: dict[GradeKind, str] = {"grey_scale": "Grey-scale grade (OMERACT)", "doppler": "Doppler grade (OMERACT)"}
DEFINITIONS: dict[GradeKind, tuple[str, str, str, str]] = {
    "grey_scale": (
        "Normal: homogeneous",
        "Mild: inhomogeneous, no anechoic or hypoechoic areas",
        "Moderate: inhomogeneous, with focal anechoic or hypoechoic areas",
        "Severe: anechoic or hypoechoic areas all over the gland, or a fibrous gland",
    ),
    "doppler": (
        "No visible signal",
        "Focal, scattered signals",
        "Diffuse signals in less than half of the gland",
        "Diffuse signals in more than half of the gland",
    ),
}
"""By grade, what it means; the place in the tuple is the grade."""
QUALITIES: dict[Quality, str] = {
    "adequate": "adequate", "limited": "limited, read with a reason", "unreadable": "unreadable",
}
WHY_NOT_ADEQUATE: dict[str, str] = {
    "not_whole": "the gland is not whole on the pictures",
    "shadow": "a shadow lies over it",
    "gain": "too bright or too dark",
    "blurred": "blurred, or moved",
    "pressed": "pressed by the probe",
    "other_plane": "a plane that does not fit its name",
    "scale": "the scale cannot be trusted",
}
"""Why pictures are not adequate: a choice, because free text could say what a reader must not know or tell."""
