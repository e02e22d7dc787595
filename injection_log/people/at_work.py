"""What the rooms below a `Session` need of one: the site with its log and clock, and who is logged in.

An interface only: `injection_log.site` has the real one and imports this room.
"""

from __future__ import annotations

from typing import Protocol

from injection_log.clock import Clock
from injection_log.people.account import Account
from injection_log.store.ledger_store import Ledger


class ProtocolAtWork(Protocol):
    """The trial's protocol."""

    @property
    def sha256(self) -> str:
        """The digest of the protocol file, hex."""


class SiteAtWork(Protocol):
    """An opened home."""

    @property
    def ledger(self) -> Ledger:
        """Its log."""

    @property
    def clock(self) -> Clock:
        """Its time."""

    @property
    def protocol(self) -> ProtocolAtWork:
        """The protocol in force."""


class AtWork(Protocol):
    """A person at work in a site."""

    @property
    def site(self) -> SiteAtWork:
        """Where."""

    @property
    def account(self) -> Account:
        """Who, as the log had them at log-in."""
