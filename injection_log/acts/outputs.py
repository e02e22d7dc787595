"""`export KIND`: what an installed exporter asks for is gathered for the caller's role, and what it made is certified.

An exporter names its content (`Output.content`), so that those of other people get the same values as ours. The event
stands in the log before a file leaves; it has the digest of `SHA256SUMS`, which has those of all files. Nothing of
this is about one record: sheets of one visit are in `acts.exports`.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from injection_log import __version__
from injection_log.acts.exports import local_time, write_files
from injection_log.acts.writing import require
from injection_log.clock import to_text
from injection_log.errors import Refused
from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.outputs import Output, OutputFile, kinds, output_of
from injection_log.people.roles import Command, allowed
from injection_log.trial_content import ExportFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from injection_log.site import Session

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
FORM = "injection-log output 1"
_FIELD = "last_output"


@dataclass(frozen=True)
class Gathering:
    """How a content is gathered: the command that the role must allow, and `module:function` of who does it.

    `is_covered`: a checkpoint over everything is made before, so that all that the output shows is covered by one.
    """

    command: Command
    gatherer: str
    is_covered: bool = False

    def __call__(self, session: Session, about: ExportFacts) -> Gathered:
        """Gather it now. Raises what the gatherer raises."""
        module, _, name = self.gatherer.partition(":")
        found: Gathered = getattr(import_module(module), name)(session, about)
        return found


@dataclass(frozen=True)
class Gathered:
    """What an exporter is given, and what the manifest counts of it: `participants`, `glands` and so on."""

    content: object
    counts: Mapping[str, int]


CONTENTS: dict[str, Gathering] = {
    "binder": Gathering("export_binder", "injection_log.acts.binder:gather_binder", is_covered=True),
    "glands": Gathering("export_trial", "injection_log.acts.trial:gather_glands"),
    "trial": Gathering("export_trial", "injection_log.acts.trial:gather_trial"),
    "sheets": Gathering("export_trial", "injection_log.acts.reports:gather_sheets"),
    "casebook": Gathering("export_trial", "injection_log.acts.reports:gather_casebook"),
    "monitor": Gathering("export_trial", "injection_log.acts.reports:gather_monitor"),
    "blank_form": Gathering("export_trial", "injection_log.acts.reports:gather_blank_form"),
    "gland_reports": Gathering("export_trial", "injection_log.acts.gland_reports:gather_gland_reports"),
}
"""Every content that an exporter can ask for, by the name in `Output.content`."""


@dataclass(frozen=True)
class KindOffered:
    """One kind of output as the list shows it."""

    kind: str
    title: str
    content: str
    roles: tuple[str, ...]


def offered_kinds() -> tuple[KindOffered, ...]:
    """The kinds that `export` can make here, those of other packages included, sorted."""
    from injection_log.people.roles import Role

    found = []
    for kind in kinds():
        output = output_of(kind)
        gathering = _gathering_of(output)
        if gathering is not None:
            roles = tuple(str(role) for role in Role if allowed(role, gathering.command))
            found.append(KindOffered(kind, output.title, output.content, roles))
    return tuple(found)


def export_kind(session: Session, kind: str, folder: Path) -> tuple[Path, ...]:
    """Make one kind of output in a new or empty folder, with its manifest; what was written, the manifest last.

    Raises Refused (role, folder not empty, no such kind), OutputMissing, OutputImpossible, InjectionLogError.
    """
    output, gathering = _offered(kind)
    require(session, gathering.command)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused("out_not_empty", f"{folder} is not an empty folder; choose a new one with --out.")
    if gathering.is_covered:
        _cover(session)
    about = export_facts(session)
    gathered = gathering(session, about)
    files = output.files(gathered.content)
    sums = OutputFile(SUMS, "text/plain", sums_of(files))
    checkpoint = _record(session, kind, files, sums)
    manifest = OutputFile(
        MANIFEST, "application/json", _manifest((kind, output.title), about, gathered, (*files, sums), checkpoint)
    )
    return write_files((*files, sums, manifest), folder)


def _cover(session: Session) -> None:
    """Make a checkpoint over everything, where the newest event is not one."""
    ledger = session.site.ledger
    newest = next(ledger.events(after=ledger.head()[0] - 1), None)
    if newest is None or newest.kind != "CheckpointMade":
        ledger.append(session.actor, [], protocol=session.site.protocol.sha256, checkpoint=True)


def export_facts(session: Session) -> ExportFacts:
    """By whom, when and of which state of the log an output made now would be."""
    site, account = session.site, session.account
    now, (sequence, _) = site.clock.now(), site.ledger.head()
    last = next(iter(site.ledger.events(after=sequence - 1)))
    return ExportFacts(
        site.protocol.id, site.site_name, site.protocol.practice, site.protocol.version,
        site.protocol.sha256, __version__, local_time(now, site.clock.utc_offset_minutes()), to_text(now),
        account.printed_name, account.user, str(account.role), site.ledger.origin, sequence, last.recorded_at,
    )


def sums_of(files: Iterable[OutputFile]) -> bytes:
    """The digests of files as `sha256sum -c` checks them, in the order of their names."""
    return "".join(f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda file: file.name)).encode()


def _gathering_of(output: Output) -> Gathering | None:
    """How its content is gathered; None where the log as a whole has none, or an older exporter names none."""
    return CONTENTS.get(getattr(output, "content", ""))


def _offered(kind: str) -> tuple[Output, Gathering]:
    output = output_of(kind)
    gathering = _gathering_of(output)
    if gathering is None:
        raise Refused(
            "no_such_kind", f'"{kind}" is not made of the whole log; `injection-log export --list` says what is.'
        )
    return output, gathering


def _record(session: Session, kind: str, files: tuple[OutputFile, ...], sums: OutputFile) -> str:
    """Write the event with a checkpoint, and give the checkpoint."""
    site, subject = session.site, Subject("ledger")
    said: dict[str, Json] = {"output": kind, "files": len(files), "sums_sha256": sums.sha256}
    change = Change(_FIELD, site.ledger.values(subject.key).get(_FIELD), said)
    draft = EventDraft("OutputExported", subject, (change,))
    site.ledger.append(session.actor, [draft], protocol=site.protocol.sha256, checkpoint=True)
    return site.ledger.latest_checkpoint() or ""


def _manifest(
    what: tuple[str, str], about: ExportFacts, gathered: Gathered, files: tuple[OutputFile, ...], checkpoint: str
) -> bytes:
    kind, title = what
    said: dict[str, Any] = {
        "form": FORM, "kind": kind, "title": title, **asdict(about),
        "checkpoint": checkpoint, "counts": dict(gathered.counts),
        "files": {
            file.name: {"sha256": file.sha256, "bytes": len(file.data), "media_type": file.media_type}
            for file in files
        },
    }  # fmt: skip
    return orjson.dumps(said, option=orjson.OPT_INDENT_2) + b"\n"
