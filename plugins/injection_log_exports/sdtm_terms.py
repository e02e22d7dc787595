"""The terms of the SDTM data sets in one place, for the statistician to change: names of tests, places, routes, events.

Pure values. Not checked against a release of CDISC's controlled terminology: where a trial's release says otherwise,
change it here. Nothing in it tells an arm: a dose form that only one arm has (a suspension) has no place here.
"""
from __future__ import annotations

LOCATION = "SUBMANDIBULAR GLAND"
LATERALITY = {"right": "RIGHT", "left": "LEFT"}
ROUTE = "INTRAGLANDULAR"
DOSE_FORM = "INJECTION"
DOSE_UNIT, LENGTH_UNIT = "mL", "mm"
PROCEDURE = "ULTRASOUND-GUIDED INJECTION"
METHOD = "ULTRASOUND"
YES_NO = {"yes": "Y", "no": "N"}
PERFORMED, SCHEDULED = "PERFORMED", "SCHEDULED"
OPERATOR, READER = "INVESTIGATOR", "INDEPENDENT ASSESSOR"
"""Who measured: --EVAL. The reader of an unmasked campaign is named by a number, never by name."""
GLAND_DOMAIN = "XG"
"""Findings about the gland. No standard body-system domain holds salivary glands, and MO is not continued: a domain of
the sponsor's own, whose code begins with X."""
GLAND_TESTS = {
    "length_mm": ("LENGTH", "Length", LENGTH_UNIT),
    "width_mm": ("WIDTH", "Width", LENGTH_UNIT),
    "depth_mm": ("DEPTH", "Depth", LENGTH_UNIT),
    "gland_volume_ml": ("VOLUME", "Volume", DOSE_UNIT),
    "omeract_grade": ("GREYSCAL", "OMERACT Grey-scale Grade", ""),
}
"""Columns of the table of glands: test code, name, unit."""
READING_TESTS = {
    **{name: GLAND_TESTS[name] for name in ("length_mm", "width_mm", "depth_mm", "gland_volume_ml")},
    "grey_scale": GLAND_TESTS["omeract_grade"],
    "doppler": ("DOPPLER", "Doppler Grade", ""),
}
"""Columns of the table of blinded readings."""
PAIN_TEST = ("PAINNRS", "Pain Numeric Rating Score", "PAIN")
"""Code, name and object of the finding about a complication."""
QUALIFIERS = {
    "not_done_reason": ("ECREASOC", "Reason for Occur Value"),
    "needle_gauge": ("NDLGAUGE", "Needle Gauge (G)"),
    "needle_length": ("NDLLEN", "Needle Length (mm)"),
    "needle_passes": ("NDLPASS", "Needle Passes Marked"),
    "volume_loaded_ml": ("VOLLOAD", "Volume Loaded (mL)"),
    "volume_residual_ml": ("VOLRESID", "Volume Residual (mL)"),
    "volume_spilled_ml": ("VOLSPILL", "Volume Spilled (mL)"),
    "volume_read_ml": ("VOLREAD", "Volume Injected, As Read (mL)"),
    "volume_reason": ("VOLREAS", "Reason for the Volume"),
    "approach_from": ("APPROACH", "Approach From"),
    "tip_in_gland": ("TIPSTAT", "Tip in Gland"),
    "tip_visibility": ("TIPSEEN", "How the Tip Was Seen"),
    "deposit_marks": ("DEPOSITS", "Deposits Marked"),
}
"""What EC has no variable for: QNAM (at most 8 letters) and QLABEL (at most 40)."""
