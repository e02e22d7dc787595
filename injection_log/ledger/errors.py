"""What can go wrong with the log: one leaf per reaction a caller can have.

Every message is one sentence for a person: what happened and what to do next. No patient value is ever
put in. Does not translate database errors: that is `injection_log.store.engine`.
"""

from __future__ import annotations

from injection_log.errors import InjectionLogError, Refused


class LedgerError(InjectionLogError):
    """The log refused or could not do something; `code` is for scripts, `why` for people."""

    code: str = "ledger_error"

    def __init__(self, why: str) -> None:
        # Not super(): a leaf that is also a Refused takes its code from the class.
        Exception.__init__(self, why)
        self.why = why


class NotCanonical(LedgerError):
    """A value that has no exact form in the log (a float, a number beyond 2^53-1, a key that is not ASCII)."""

    code = "not_canonical"


class NameRefused(LedgerError, Refused):
    """A study, site, participant or other name that cannot be part of a subject or of the origin."""

    code = "name_refused"


class CheckpointMalformed(LedgerError):
    """A text that is not a checkpoint in the C2SP form."""

    code = "checkpoint_malformed"


class ChangedMeanwhile(LedgerError, Refused):
    """The value that was to be changed is not the one the caller saw; nothing was written."""

    code = "changed_meanwhile"

    def __init__(self, subject: str, field: str, *, expected: object, found: object) -> None:
        super().__init__(
            "This value was changed by someone else in the meantime, so nothing was saved:"
            " look at the new value and decide again."
        )
        self.subject = subject
        self.field = field
        self.expected = expected
        self.found = found


class LedgerMissing(LedgerError):
    """There is no log in the folder. A fresh one is never started by itself."""

    code = "ledger_missing"


class LedgerExists(LedgerError, Refused):
    """A log was to be made where one already is."""

    code = "ledger_exists"


class LedgerBusy(LedgerError):
    """Another program held the log for longer than the waiting time."""

    code = "ledger_busy"


class DiskFull(LedgerError):
    """No space to write; nothing of the act was saved."""

    code = "disk_full"


class LedgerReadOnly(LedgerError):
    """The log or its folder may not be written by this user."""

    code = "ledger_read_only"


class LedgerDamaged(LedgerError):
    """The file is not a whole log any more."""

    code = "ledger_damaged"


class LedgerUnreachable(LedgerError):
    """The disk gave an input/output error, or the file cannot be opened."""

    code = "ledger_unreachable"


class OutcomeUnknown(LedgerUnreachable):
    """The connection to a shared database broke, or a disk failed, during the commit: the act is saved, or not."""

    code = "outcome_unknown"


class LedgerVersionUnknown(LedgerError):
    """The log was made by a version of the program that this one does not know."""

    code = "ledger_version_unknown"


class LedgerRolledBack(LedgerError):
    """The log is older than what this workstation has already seen, or not an extension of it."""

    code = "ledger_rolled_back"


class KeyMissing(LedgerError):
    """A key of this site is not on this workstation."""

    code = "key_missing"


class KeyStoreFailed(LedgerError):
    """The key store of the operating system or the key folder could not be used."""

    code = "key_store_failed"


class IdentityEmpty(LedgerError, Refused):
    """The images carry no patient id, so nothing guards against the wrong participant."""

    code = "identity_empty"
