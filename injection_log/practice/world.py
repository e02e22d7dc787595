"""The practice world: a home of its own, practice users, and a practice PACS with the phantom's studies.

Nothing here touches a home with a real protocol; the phantom and the PACS live in a temporary folder outside it.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from injection_log.errors import Refused
from injection_log.home import Home
from injection_log.people.accounts import NewAccount, add_account
from injection_log.practice.folder import practice_folder
from injection_log.protocol.reading import practice_protocol_text
from injection_log.site import NOBODY, Site

if TYPE_CHECKING:
    from dicom_io.pacs.address import PacsAddress
    from dicom_io.phantom import ParticipantTruth
    from injection_log.clock import Clock

PARTICIPANT = "SMG-07"
SEED = 7
Say = Callable[[str], None]


@dataclass(frozen=True)
class PracticeUser:
    """A practice user; the password is no secret, because nothing real is behind it."""

    user: str
    printed_name: str
    role: str
    password: str


# The administrator comes last: once there is one, nobody is added without logging in.
USERS = (
    PracticeUser("injector", "Practice Injector", "injector", "practice-injector"),
    PracticeUser("operator", "Practice Operator", "operator", "practice-operator"),
    PracticeUser("monitor", "Practice Monitor", "monitor", "practice-monitor"),
    PracticeUser("investigator", "Practice Investigator", "principal_investigator", "practice-investigator"),
    PracticeUser("manager", "Practice Data Manager", "data_manager", "practice-manager"),
    PracticeUser("admin", "Practice Administrator", "administrator", "practice-admin"),
)
INJECTOR, OPERATOR, MONITOR, INVESTIGATOR, _, _ = USERS


@dataclass(frozen=True)
class Practice:
    """A practice world that is running: its site, the address of its PACS, and the truth of its phantom."""

    site: Site
    pacs: PacsAddress
    truth: ParticipantTruth


@contextmanager
def practice_world(home: Home, say: Say, protocol: str = "") -> Iterator[Practice]:
    """Make or reopen the practice home, and run a practice PACS filled with the phantom's studies.

    `protocol` is the text of a protocol file instead of the practice protocol's.

    The phantom's files and the PACS's folder are temporary and outside `home`; what a killed one left goes first.
    """
    from dicom_io.phantom import make_participant  # the phantom needs OpenCV and pydicom: only when it is made
    from dicom_io.practice.pacs import PracticePacs

    site = practice_site(home, protocol)
    today = (site.clock.now() + timedelta(minutes=site.clock.utc_offset_minutes())).date()
    with practice_folder() as folder:
        say("Making the practice participant (a simulated phantom)")
        truth = make_participant(folder / "phantom", SEED, participant=PARTICIPANT, today=today)
        say("Starting the practice PACS and filling it")
        with PracticePacs(folder / "pacs") as pacs:
            pacs.load([path for visit in truth.visits for path in visit.files])
            yield Practice(site, pacs.address, truth)


def practice_site(home: Home, protocol: str = "", clock: Clock | None = None) -> Site:
    """Open the practice home, or make it with its users. Raises Refused for a home that is a real one."""
    if home.has_ledger():
        site = Site.open(home)
        if not site.protocol.practice:
            raise Refused("not_practice", "This home belongs to a real trial; give the demo a folder of its own.")
        return site
    site = Site.create(home, protocol or practice_protocol_text(), site="practice", clock=clock)
    for one in USERS:
        account = NewAccount(one.user, one.printed_name, one.role, one.password)
        add_account(site.ledger, NOBODY, account, clock=site.clock, protocol=site.protocol.sha256)
    return site
