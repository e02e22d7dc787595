"""What could this reader see? Every file and text of a package, case by case, searched for what must not be in it.

Looks at the bytes of every file, the log's database included, and at the words of every text. Says which kind of thing
was found and where, never the thing itself. Pixels were looked through by a person before they were copied.
"""
from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from injection_log import __version__
from injection_log.acts.campaigns import find_campaign
from injection_log.acts.checking import all_records
from injection_log.acts.exports import local_time, record_export
from injection_log.acts.writing import require
from injection_log.errors import Refused
from injection_log.home import DATABASE, Home
from injection_log.ledger.canonical import canonical_bytes
from injection_log.ledger.event import Json, Subject
from injection_log.outputs import OutputFile, output_of
from injection_log.protocol.plain_words import words_of
from injection_log.reading.case import PICTURES, case_subject, read_subject
from injection_log.reading.package import PACKAGE, Package
from injection_log.reading.seen_content import SeenContent, SeenPage
from injection_log.record.values import SIDES
from injection_log.store.snapshot import open_snapshot
from injection_log.verify.packages import replayed

if TYPE_CHECKING:
    from injection_log.reading.campaign import Campaign
    from injection_log.site import Session

_SHORTEST = 4
"""Shorter texts stand in compressed pixels by chance; they are looked for as whole words of texts only."""
_FRAMES_SHOWN = 12
"""Of a clip; a still has one."""
_RUN = re.compile(rb"[\x20-\x7e]{4,}")


@dataclass(frozen=True)
class SeenCase:
    """What a reader has of one case: its pictures' files with their length in bytes, and every text."""

    code: str
    files: tuple[tuple[str, int], ...]
    texts: tuple[str, ...]
    shows: Mapping[str, str] = field(default_factory=dict)
    """By file, the gland and view that the reader was told."""


@dataclass(frozen=True)
class Leak:
    """Something that must not be there: its kind ("participant", "date", ...) and the file or case that it is in."""

    kind: str
    where: str


@dataclass(frozen=True)
class SeenReport:
    """The report of one package: cases in the order of reading, how many files were searched, what was found."""

    package: int
    cases: tuple[SeenCase, ...]
    texts: tuple[str, ...]
    """Of no case: the design, the accounts, and of each event its number, kind and time."""
    listing: tuple[tuple[str, int, str], ...]
    """Every file with its length and its time (UTC), as a folder shows them."""
    files: int
    searched_for: Mapping[str, int]
    leaks: tuple[Leak, ...]


def what_could_be_seen(session: Session, campaign: str, folder: Path) -> SeenReport:
    """Look through a package of this campaign as it lies in a folder. Raises Refused where it is none."""
    require(session, "show_campaigns")
    found, home = find_campaign(session, campaign), Home(folder.expanduser().absolute())
    values = _values(home)
    package = Package.from_json(values.get("ledger:", {}).get(PACKAGE))
    if package.campaign != found.id:
        raise Refused("other_package", "This is no package of this campaign.")
    cases = tuple(_case(home, values, code) for code in package.cases)
    texts = tuple(_texts_of_the_log(home, values))
    secrets = _secrets(session, found, package, _days_of(home))
    files = [path for path in sorted(home.root.rglob("*")) if path.is_file()]
    said = (*cases, SeenCase("the package itself", (), texts))
    leaks = {*_leaks_in_files(home, files, secrets), *_leaks_in_words(session, said, secrets)}
    counted = {kind: len(texts) for kind, texts in secrets.items()}
    counted["word of the protocol's list"] = len(session.site.protocol.refused_words)
    number = next((one.package for one in found.readers if one.user == package.user), 0)
    listing = tuple((path.relative_to(home.root).as_posix(), path.stat().st_size, _time_of(path)) for path in files)
    leaks_in_order = tuple(sorted(leaks, key=lambda one: (one.kind, one.where)))
    return SeenReport(number, cases, texts, listing, len(files), counted, leaks_in_order)


def seen_content(session: Session, campaign: str, folder: Path) -> SeenContent:
    """The same with every picture, ready to be printed as pages. Raises as `what_could_be_seen`."""
    report = what_could_be_seen(session, campaign, folder)
    site = session.site
    return SeenContent(
        campaign, report.package, tuple(_page(folder.expanduser().absolute(), case) for case in report.cases),
        report.texts, report.listing, tuple(report.searched_for.items()),
        tuple((leak.kind, leak.where) for leak in report.leaks),
        local_time(site.clock.now(), site.clock.utc_offset_minutes()), __version__, site.protocol.practice,
    )


def export_seen(session: Session, campaign: str, folder: Path) -> tuple[tuple[OutputFile, ...], SeenContent]:
    """The pages as files, with their digests in the log, and what they say. Raises as `what_could_be_seen`."""
    content = seen_content(session, campaign, folder)
    files = output_of("reading_seen").files(content)
    record_export(session, "ReadingSeenExported", Subject("ledger"), files)
    return files, content


def _page(root: Path, case: SeenCase) -> SeenPage:
    in_order = sorted(case.shows.items(), key=lambda one: (one[1], one[0]))
    pictures = [(f"{shows}, {frame}", png) for name, shows in in_order for frame, png in _pictures(root / name)]
    return SeenPage(case.code, tuple(pictures), case.files, case.texts)


def _pictures(path: Path) -> Iterator[tuple[str, bytes]]:
    """The picture as the reader saw it; of a clip so many frames, evenly spread."""
    from annotate.picture import encode_png
    from dicom_io.deidentify.masking import spread
    from dicom_io.frames import open_frames

    with open_frames(path) as frames:
        for frame in spread(len(frames), _FRAMES_SHOWN):
            shown = frames.frame(frame)
            rgb = shown if shown.ndim == 3 else shown[..., None].repeat(3, axis=2)
            yield f"frame {frame + 1} of {len(frames)}", encode_png(rgb)


def _time_of(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _texts_of_the_log(home: Home, values: Mapping[str, Mapping[str, Json]]) -> Iterator[str]:
    """What the log says besides cases; digests of passwords and keys are no texts, their bytes are searched."""
    yield canonical_bytes(values["ledger:"][PACKAGE]).decode("utf-8")
    for key, facts in values.items():
        if key.startswith("user:"):
            yield f"{key.removeprefix('user:')}: {facts.get('printed_name', '')}, {facts.get('role', '')}"
    with open_snapshot(home.ledger_folder) as snapshot:
        for row in snapshot.events():
            body = json.loads(row[1]) if isinstance(row[1], bytes) else {}
            yield f"event {row[0]}: {body.get('kind', '')}, {body.get('subject', '')}, {body.get('recorded_at', '')}"


def _values(home: Home) -> Mapping[str, Mapping[str, Json]]:
    if not (home.ledger_folder / DATABASE).is_file():
        raise Refused("no_package", "There is no reading package in this folder.")
    with open_snapshot(home.ledger_folder) as snapshot:
        return replayed(snapshot.events()).values


def _days_of(home: Home) -> set[str]:
    """The days on which the package itself was made and read: they stand in its own log, and tell of no visit."""
    with open_snapshot(home.ledger_folder) as snapshot:
        found = (re.findall(rb'"recorded_at":"(\d{4}-\d\d-\d\d)', row[1]) for row in snapshot.events()
                 if isinstance(row[1], bytes))
        return {day.decode() for days in found for day in days}


def _case(home: Home, values: Mapping[str, Mapping[str, Json]], code: str) -> SeenCase:
    stored = values[case_subject(code).key]
    sides = stored[PICTURES]
    assert isinstance(sides, dict)  # as `fill_package` wrote it
    shows: dict[str, str] = {}
    files, texts = [], [code, canonical_bytes(dict(stored)).decode("utf-8")]
    for uid in sides:
        digest = str(values[f"image:{uid}"]["sha256"])
        path = home.images / digest[:2] / digest
        files.append((path.relative_to(home.root).as_posix(), path.stat().st_size))
        shows[files[-1][0]] = f"{sides[uid]} gland, {values[f'image:{uid}'].get('plane') or 'view not said'}"
        texts += [*_texts_of(path), canonical_bytes(dict(values[f"image:{uid}"])).decode("utf-8")]
    for side in SIDES:
        read = values.get(read_subject(code, side).key)
        texts += [canonical_bytes(dict(read)).decode("utf-8")] if read else []
    return SeenCase(code, tuple(sorted(files)), tuple(texts), shows)


def _texts_of(path: Path) -> Iterator[str]:
    """The runs of letters in a picture's header, before its pixels."""
    from dicom_io.layout import opened

    with opened(path) as layout:
        head = bytes(layout.file[: layout.pixels.value if layout.pixels else None])
    yield from (run.decode("ascii") for run in _RUN.findall(head))


def _secrets(
    session: Session, campaign: Campaign, package: Package, own_days: set[str]
) -> dict[str, set[str]]:
    """What must not be in the package, by kind."""
    site, records = session.site, all_records(session)[1]
    visits = {case.visit for case in campaign.cases.values()}
    people = site.ledger.values_of("user:")
    others = {key.removeprefix("user:"): facts for key, facts in people.items() if key != f"user:{package.user}"}
    images = {uid for case in campaign.cases.values() for uid in case.pictures}
    kept = {uid: site.ledger.values(f"image:{uid}") for uid in images}
    days = {record.day.isoformat() for record in records} - own_days
    secrets = {
        "participant": {record.participant for record in records},
        "visit": visits | {site.protocol.visits[name].title for name in visits},
        "person of the site": {*others, *(str(facts["printed_name"]) for facts in others.values())},
        "identifier of an original": {
            *images, *(str(one[name]) for one in kept.values() for name in ("study", "series", "sha256")),
        },
        "patient": set[str](), "date": {*days, *(day.replace("-", "") for day in days)},
    }
    for one in kept.values():
        _add_patient(session, str(one["sha256"]), secrets)
    return {kind: {text for text in texts if text} for kind, texts in secrets.items()}


def _add_patient(session: Session, sha256: str, secrets: dict[str, set[str]]) -> None:
    """Who an original says the patient is, and its day; held for the search alone."""
    from dicom_io.reading import read_identity

    identity, day = read_identity(session.site.image_path(sha256)), session.site.image_header(sha256).study_date
    secrets["patient"] |= {identity.patient_id, identity.name, identity.birth_date}
    if len(day) == 8:
        secrets["date"] |= {day, f"{day[:4]}-{day[4:6]}-{day[6:]}"}


def _leaks_in_files(home: Home, files: list[Path], secrets: Mapping[str, set[str]]) -> Iterator[Leak]:
    for path in files:
        name = path.relative_to(home.root).as_posix()
        data = name.encode("utf-8").lower() + b"\x00" + path.read_bytes().lower()
        for kind, texts in secrets.items():
            forms = (one.casefold() for one in texts if len(one) >= _SHORTEST)
            if any(form.encode(coding) in data for form in forms for coding in ("utf-8", "utf-16-le")):
                yield Leak(kind, name)


def _leaks_in_words(session: Session, cases: tuple[SeenCase, ...], secrets: Mapping[str, set[str]]) -> Iterator[Leak]:
    refused = set(session.site.protocol.refused_words)
    short = {text.casefold(): kind for kind, texts in secrets.items() for text in texts if len(text) < _SHORTEST}
    for case in cases:
        words = {word for text in case.texts for word in words_of(text)}
        if words & refused:
            yield Leak("word of the protocol's list", case.code)
        yield from (Leak(short[word], case.code) for word in words & short.keys())
