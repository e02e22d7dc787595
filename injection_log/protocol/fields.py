"""Every fact the program can hold about a visit or a gland, and how each is typed in.

A protocol file chooses from this catalogue; it cannot add to it. That is deliberate: a field for lot, batch,
donor, expiry, cell count, viability or thaw does not exist here and so cannot be asked for anywhere.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["visit", "gland"]
Kind = Literal[
    "volume", "volumes", "length", "choice", "choices", "yes_no", "time", "code", "integer", "text", "person"
]


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen: `value` is stored, `title` is shown."""

    value: str
    title: str


@dataclass(frozen=True)
class Field:
    """One fact: where it belongs, how it is typed, what it is called.

    `unit` is what a person types ("ml", "mm"); volumes are stored in microlitres whatever is typed, several of them
    (kind "volumes") as a list in the order in which they were given, and lengths in micrometres.
    `lowest` and `highest` bound an integer and a length, both included; `highest` bounds a volume too, unless it is 0.
    `only_if` names a field and the value it must have for this one to be asked.
    """

    name: str
    level: Level
    kind: Kind
    title: str
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    lowest: int = 0
    highest: int = 0
    only_if: tuple[str, str] | None = None
    owed: bool = False
    note: str = ""


def _choices(**titles: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, title) for value, title in titles.items())


_LATE_REASONS = _choices(
    procedure_went_on="the procedure went on", no_workstation="no workstation at hand", program_down="program was down",
    written_on_paper="written on paper first", forgotten="forgotten", other="other (deviation form)",
)
_VISIT_FIELDS = (
    Field("kit_code", "visit", "code", "Kit code"),
    Field("kit_intact", "visit", "yes_no", "Kit and seal intact"),
    Field("consent_confirmed", "visit", "yes_no", "Consent confirmed"),
    Field("allergy_checked", "visit", "yes_no", "Allergies checked"),
    Field("anticoagulant_checked", "visit", "yes_no", "Anticoagulants checked"),
    Field("injector", "visit", "person", "Injecting physician"),
    Field("assistant", "visit", "person", "Assistant"),
    Field("ultrasound_operator", "visit", "person", "Ultrasound operator"),
    Field("ultrasound_system", "visit", "text", "Ultrasound system and probe"),
    Field(
        "local_anaesthetic", "visit", "choice", "Local anaesthetic",
        choices=_choices(none="none", lidocaine="lidocaine", mepivacaine="mepivacaine", other="other"),
    ),
    Field("local_anaesthetic_ul", "visit", "volume", "Local anaesthetic, volume", unit="ml", highest=20_000),
    Field(
        "antiseptic", "visit", "choice", "Antiseptic",
        choices=_choices(chlorhexidine="chlorhexidine", iodine="povidone-iodine", alcohol="alcohol", other="other"),
    ),
    Field("procedure_start", "visit", "time", "Procedure start"),
    Field("procedure_end", "visit", "time", "Procedure end"),
    Field("deviation_reported", "visit", "yes_no", "Protocol deviation reported"),
    Field("adverse_event_reported", "visit", "yes_no", "Adverse event reported"),
    Field("visit_remark", "visit", "text", "Remark"),
    Field(
        "visit_late_reason", "visit", "choice", "Reason for the late entry", only_if=("entered_late", "yes"),
        owed=True, choices=_LATE_REASONS,
    ),
)

_COMPLICATIONS = _choices(
    none="none", pain="pain", bleeding="bleeding", haematoma="haematoma", vasovagal="vasovagal reaction",
    extravasation="extravasation", duct_contact="duct contact", vessel_contact="vessel contact",
    capsule_pierced="far capsule pierced", other="other (adverse event form)",
)

_GLAND_FIELDS = (
    Field("injected", "gland", "yes_no", "Injected"),
    Field(
        "not_done_reason", "gland", "choice", "Reason not injected", only_if=("injected", "no"), owed=True,
        choices=_choices(
            participant_declined="participant declined", not_visible="gland not visible", unsafe="judged unsafe",
            complication="stopped for a complication", kit_problem="kit or syringe damaged or missing",
            other="other (deviation form)",
        ),
    ),
    Field("syringe_code", "gland", "code", "Syringe code", only_if=("injected", "yes")),
    Field("volume_loaded_ul", "gland", "volume", "Loaded", unit="ml", only_if=("injected", "yes")),
    Field("volume_residual_ul", "gland", "volume", "Residual", unit="ml", only_if=("injected", "yes")),
    Field("volume_spilled_ul", "gland", "volume", "Spilled", unit="ml", only_if=("injected", "yes")),
    # Not "injected": that is what the balance of the three above gives. A masked barrel cannot be read at all.
    Field("volume_read_ul", "gland", "volume", "Injected, as read", unit="ml", only_if=("injected", "yes")),
    Field(
        "volume_reason", "gland", "choice", "Reason for the volume", only_if=("injected", "yes"),
        choices=_choices(
            backflow="backflow or spill", stopped_pain="stopped for pain", stopped_other="stopped for safety",
            equipment="equipment", loaded_otherwise="loaded otherwise than planned", other="other (deviation form)",
        ),
    ),
    Field("needle", "gland", "choice", "Needle used", only_if=("injected", "yes")),
    Field("injection_start", "gland", "time", "Injection start", only_if=("injected", "yes")),
    Field("injection_end", "gland", "time", "Injection end", only_if=("injected", "yes")),
    Field(
        "approach_from", "gland", "choice", "Approach from", only_if=("injected", "yes"),
        choices=_choices(lateral="lateral", posterior="posterior", anterior="anterior", submental="submental"),
    ),
    Field(
        "tip_in_gland", "gland", "choice", "Tip in gland", only_if=("injected", "yes"),
        choices=_choices(yes="yes", no="no", uncertain="uncertain"),
    ),
    Field("deposits", "gland", "integer", "Deposits", lowest=1, highest=10, only_if=("injected", "yes")),
    Field(
        "deposit_volumes_ul", "gland", "volumes", "Volumes of the deposits", unit="ml", only_if=("injected", "yes"),
    ),
    Field("complications", "gland", "choices", "Complications", choices=_COMPLICATIONS, only_if=("injected", "yes")),
    Field(
        "pain_nrs", "gland", "integer", "Pain (0-10)", lowest=0, highest=10, only_if=("complications", "pain"),
        owed=True,
    ),
    Field(
        "omeract_grade", "gland", "choice", "Grey-scale grade (OMERACT)",
        choices=(
            Choice("0", "0 normal"), Choice("1", "1 mild inhomogeneity"),
            Choice("2", "2 moderate, focal dark areas"), Choice("3", "3 diffuse or fibrous"),
        ),
    ),
    Field(
        "sweep_spacing_um", "gland", "length", "Distance of the traced frames", unit="mm", lowest=50, highest=20_000,
    ),
    Field(
        "sweep_spacing_known", "gland", "choice", "How that distance is known",
        choices=_choices(assumed="assumed", tracked="measured by a position sensor"),
    ),
    Field("gland_remark", "gland", "text", "Remark"),
    Field(
        "late_reason", "gland", "choice", "Reason for the late entry", only_if=("entered_late", "yes"),
        owed=True, choices=_LATE_REASONS,
    ),
)

CATALOGUE: dict[str, Field] = {field.name: field for field in (*_VISIT_FIELDS, *_GLAND_FIELDS)}
TYPED_TITLES = frozenset(one.title for one in CATALOGUE.values() if one.kind in ("text", "person", "code"))
"""Titles of the facts whose values are a person's own words or codes; no language changes them."""

NOT_ASKED_BY_NAME = ("visit_late_reason", "late_reason")
"""Fields that no protocol file names: every visit asks for them, and owes them, when an entry was late."""

INJECTION_ONLY = frozenset(
    name for name, field in CATALOGUE.items()
    if field.level == "gland" and name not in {
        "omeract_grade", "sweep_spacing_um", "sweep_spacing_known", "gland_remark", "late_reason",
    }
) | {
    "kit_code", "kit_intact", "injector", "assistant", "local_anaesthetic", "local_anaesthetic_ul",
    "antiseptic", "procedure_start", "procedure_end",
}
"""Fields that a measuring visit cannot ask for."""
