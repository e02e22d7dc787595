"""One retrieval as it is told: how many pictures are here, how fast, by which way, and what did not come.

Pure words and counts. A picture counts as here when it stands in the visit, not when a PACS says that it was sent.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from injection_log_napari.presenters.images_state import FetchState, LeftOut

if TYPE_CHECKING:
    from dicom_io.image_folder import Kept
    from dicom_io.pacs.pull import PullResult

_UID_END = 8
_NAMED = 3
NOT_SENT = "The PACS did not send it."


@dataclass(frozen=True)
class FetchNews:
    """Where a retrieval is, and what has arrived since the last news.

    `asked`: SOP Instance UIDs of the study, empty until the PACS has told; `fetched` pictures and `bytes` are of this
    retrieval; `way` is what is used, "" while that is not known.
    """

    asked: tuple[str, ...] = ()
    fetched: int = 0
    bytes: int = 0
    bytes_per_second: float = 0.0
    way: str = ""
    arrived: tuple[Kept, ...] = ()


def fetch_state(news: FetchNews, before: frozenset[str]) -> FetchState:
    """Where it is; `before` are the pictures that stood in the visit when it began."""
    if not news.asked:
        return FetchState(0, 0, "asking the PACS which pictures there are")
    asked, known = len(news.asked), len(before.intersection(news.asked))
    if not news.fetched and known:
        words = f"{known} of {asked} here, fetching {asked - known}"
        return FetchState(known, asked, f"{words} by {news.way}" if news.way else words)
    parts = [f"{known + news.fetched} of {asked} pictures", size_words(news.bytes)]
    if news.bytes_per_second:
        parts.append(f"{size_words(news.bytes_per_second)}/s")
    if news.way:
        parts.append(f"by {news.way}")
    return FetchState(known + news.fetched, asked, ", ".join(parts))


def size_words(count: float) -> str:
    """Bytes as `850 kB` or `12.4 MB`."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def left_out_of(result: PullResult) -> tuple[LeftOut, ...]:
    """The pictures that were asked for and are not here: refused ones with the gate's words first."""
    refused = {one.sop_instance_uid: one.why for one in result.rejected}
    rows = [LeftOut(short_name(uid), uid, why) for uid, why in refused.items()]
    not_sent = (uid for uid in result.missing if uid not in refused)
    return (*rows, *(LeftOut(short_name(uid), uid, NOT_SENT) for uid in not_sent))


def files_left_out(refused: Sequence[tuple[str, str]]) -> tuple[LeftOut, ...]:
    """The files of a folder that were refused, counted by reason: the name of a file could be somebody's name."""
    counts = Counter(why for _, why in refused)
    return tuple(LeftOut(f"{count} file{'s' if count > 1 else ''}", "", why) for why, count in counts.items())


def short_name(uid: str) -> str:
    """The end of a UID, by which it is told from the others of its study."""
    return uid if len(uid) <= _UID_END else f"…{uid[-_UID_END:]}"


def done_sentence(result: PullResult, before: frozenset[str]) -> str:
    """What is said when every picture is here."""
    asked = len(result.asked)
    if before.issuperset(result.asked):
        return f"All {asked} pictures were here already; nothing had to be fetched. Press Enter to go on."
    way = f"{size_words(result.bytes)} in {result.seconds:.0f} s" if result.seconds >= 1 else size_words(result.bytes)
    return f"All {asked} pictures are here ({way}). Press Enter to go on."


def incomplete_sentence(result: PullResult, left_out: Sequence[LeftOut]) -> str:
    """Which pictures are missing, in one sentence."""
    here, asked = len(result.asked) - len(left_out), len(result.asked)
    names = ", ".join(one.name for one in left_out[:_NAMED])
    more = len(left_out) - _NAMED
    listed = f"{names} and {more} more, listed above" if more > 0 else names
    verb = "is" if len(left_out) == 1 else "are"
    trouble = f" {result.trouble}" if result.trouble else ""
    return f"{here} of {asked} pictures are here; missing {verb} {listed} (end of the UID).{trouble}"


def stopped_sentence(news: FetchNews, before: frozenset[str], joined: int) -> str:
    """What is said when a person stopped it."""
    here = len(before.intersection(news.asked)) + joined
    if not here:
        return "Stopped. No picture had arrived, so none was kept; retrieve again when you like."
    of = f"{here} of {len(news.asked)} pictures are" if news.asked else f"{here} pictures are"
    return f"Stopped. {of} here and stay; retrieve again to fetch only the rest."
