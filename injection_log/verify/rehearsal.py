"""What a log would be without the content of some of its events: read as `verify` reads it, with nothing changed.

Whoever blanks needs it twice: to see that the log still holds afterwards, and to know every current value then.
Does not look at what lies around the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from injection_log.record.recheck import wrong_measurement
from injection_log.store.snapshot import Snapshot
from injection_log.verify.blanked import StandIn, find_stand_ins
from injection_log.verify.chain_pass import ChainPass, Row, in_batches
from injection_log.verify.content import check_after, check_before
from injection_log.verify.renderings import Renderings
from injection_log.verify.replay import Replay, apply, read_row


def rehearse(snapshot: Snapshot, stand_ins: Mapping[int, StandIn]) -> Replay:
    """Read the log of a snapshot as if these events were blanked. Raises Wrong when it would not hold."""
    known = {**find_stand_ins(snapshot.events()), **stand_ins}
    replay, renderings = Replay(stand_ins=known), Renderings()
    chain = ChainPass(lambda: {number: stand_in.leaf for number, stand_in in known.items()})
    for rows in in_batches(_emptied(snapshot.events(), stand_ins)):
        good, wrong = chain.check(rows)
        for row in rows[:good]:
            event = read_row(replay, row)
            check_before(replay, event, renderings)
            apply(replay, event)
            check_after(replay, event, wrong_measurement)
        if wrong is not None:
            raise wrong
    return replay


def _emptied(rows: Iterable[Row], stand_ins: Mapping[int, StandIn]) -> Iterator[Row]:
    for row in rows:
        number, _, _, *hashes = row
        yield (number, None, None, *hashes) if number in stand_ins else row
