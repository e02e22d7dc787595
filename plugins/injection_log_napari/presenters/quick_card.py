"""What stands on the quick card: the steps of a record and the one table of keys, in letters that paper has."""
from __future__ import annotations

from injection_log import __version__
from injection_log.language import ENGLISH, catalogue_of
from injection_log.quick_card import QuickCardContent, Rows
from injection_log_napari.presenters.keys import KEY_GROUPS
from injection_log_napari.presenters.next_act import STEP_TITLES

_STEPS: Rows = (
    ("Choose", "Participant and visit from the list, then Enter."),
    (STEP_TITLES["participant"], "Compare two identifiers with the trial's list, confirm, type the kit code."),
    (STEP_TITLES["images"], "Choose today's study, check name and id, retrieve it. No pictures yet: go on without."),
    (STEP_TITLES["right"], "Length and depth on the longitudinal picture, width on the transverse one; the needle on "
     "the frame in which it is seen; loaded, residual and spilled volume."),
    (STEP_TITLES["left"], "The same. The banner says the side, in words and in colour."),
    (STEP_TITLES["review"], "Read both records. User id and password for the first gland, the password again for the "
     "second."),
)  # fmt: skip
_PROMISES = (
    "The line at the bottom always says the next act; Enter does it.",
    "Every act is saved when it is done. Close or lose the program at any moment: it opens where you were.",
    "A length exists only where the picture has a scale. Pixels are never shown as millimetres.",
    "Nothing is placed by itself: what the program proposes you confirm.",
    "Which product was given has no place here. Such remarks belong to the unblinded contact of the trial.",
)
_ON_PAPER = {"← →": "arrow left, right", "⏎": "Enter"}


def quick_card(language: str = ENGLISH) -> QuickCardContent:
    """The card of this version of the program, in a language by its code. Raises KeyError for one there is not."""
    say = catalogue_of(language).say
    return QuickCardContent(
        title=say("injection-log: a record in two minutes"),
        steps_title=say("A record, step by step"),
        steps=tuple((say(name), say(words)) for name, words in _STEPS),
        keys=tuple(
            (say(f"Keys: {one.title.lower()}"), tuple((say(_on_paper(row.keys)), say(row.words)) for row in one.rows))
            for one in KEY_GROUPS
        ),
        promises_title=say("What it does by itself"),
        promises=tuple(map(say, _PROMISES)),
        version=f"Version {__version__}",
    )


def _on_paper(keys: str) -> str:
    for sign, words in _ON_PAPER.items():
        keys = keys.replace(sign, words)
    return keys
