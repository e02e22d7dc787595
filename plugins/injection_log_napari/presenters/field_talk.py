"""What is asked, found and verified about single values: the mark beside a field, and the question it opens.

A question never changes the value it is about. Who may ask, answer and close stands in the one table of roles; whose
query it is to close, the record's floor says.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from annotate.marks import Side
from injection_log.people.roles import allowed
from injection_log.record.queries import Message, Query
from injection_log.record.versions import local_time
from injection_log_napari.presenters.desk import REFUSALS, Desk
from injection_log_napari.presenters.form import FieldMark, FieldRow
from injection_log_napari.presenters.question import Answer, Asking, Question
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.wording import role_words, value_title

_SAID = {"open": "asked", "answer": "answered", "close": "closed it", "reopen": "asked again"}
_SAID_BY_FIELDS = ("missing", "volume_soft_limit", "late_entry")
"""Checks whose findings the form says in its own way: a dashed frame, an amber volume, the reason asked for."""


@dataclass(frozen=True)
class TalkElsewhere:
    """Queries that wait beside no field, as (field, words), and whether one about the whole record may be asked."""

    waiting: tuple[tuple[str, str], ...] = ()
    may_ask: bool = False


class FieldTalk:
    """The talk about the visit on the desk."""

    def __init__(self, desk: Desk, asking: Asking, tell: Tell) -> None:
        self._desk, self._asking, self._tell = desk, asking, tell

    def marked(self, rows: tuple[FieldRow, ...], side: Side | None) -> tuple[FieldRow, ...]:
        """The rows of a form with what the checks find, and with the mark beside each."""
        queries, found = self._by_field(side), self.found(side)
        return tuple(
            replace(row, findings=found.get(row.name, ()), mark=self.mark(side, row.name, queries)) for row in rows
        )

    def mark(self, side: Side | None, field: str, queries: Mapping[str, Query] | None = None) -> FieldMark:
        """The mark beside one field."""
        query = (queries if queries is not None else self._by_field(side)).get(field)
        verified = self._desk.talk.verified(side, field)
        verifies = self._may("mark_source_verified")
        may_verify = verifies and self._desk.talk.may_be_verified(side, field)
        may_take_back = verifies and bool(verified)
        if query is None or query.state == "closed":
            word = "Ask about this value, or see its history" if self._may("open_query") else "History of this value"
            return FieldMark("⋯", word, "", verified, may_verify, may_take_back)
        waits = "waits for an answer" if query.state == "open" else "answered, waits to be closed"
        sign = "?" if query.state == "open" else "?✓"
        return FieldMark(sign, f"{query.id}: {query.text} ({waits})", query.state, verified, may_verify, may_take_back)

    def others(self, side: Side | None, shown: tuple[str, ...]) -> tuple[str, ...]:
        """What the checks find about a gland or the visit beside the fields that are shown."""
        return tuple(
            sentence for field, sentences in self.found(side).items() if field not in shown for sentence in sentences
        )

    def elsewhere(self, side: Side | None, shown: tuple[str, ...]) -> TalkElsewhere:
        """What is asked about values that have no field of their own, and about the record as a whole."""
        waiting = tuple(
            (field, f"{'?' if query.state == 'open' else '?✓'}  {query.id}: {value_title(field)}")
            for field, query in self._by_field(side).items() if field not in shown and query.state != "closed"
        )
        return TalkElsewhere(waiting, self._may("open_query") and "" not in dict(waiting))

    def talk(self, side: Side | None, field: str, title: str) -> None:
        """Open the question about a value: ask, answer, close or ask again, as it stands and as the role may."""
        query = self._by_field(side).get(field)
        if query is not None and query.state == "closed" and self._may("open_query"):
            query = None
        self._asking.ask(*self._question(side, field, title, query))

    def tick(self, side: Side | None, field: str) -> None:
        """Record that a value was compared with its source; where it was, ask whether that is taken back."""
        verified = self._desk.talk.verified(side, field)
        if verified:
            title = value_title(field)
            question = Question(f"{title}: {verified}. Was that a mistake?", "Take the mark back", (), "", title)
            self._asking.ask(question, lambda _chosen, _words: self._take_back(side, field))
            return
        try:
            self._desk.talk.mark_verified(side, field)
        except REFUSALS as refused:
            self._tell.refuse(str(refused))
            return
        self._tell.note("Recorded: compared with the source. The mark falls when the value changes.")

    def _take_back(self, side: Side | None, field: str) -> None:
        self._desk.talk.take_back_verified(side, field)
        self._tell.note("Taken back: not compared with the source. The log keeps both.")

    def _question(self, side: Side | None, field: str, title: str, query: Query | None) -> tuple[Question, Answer]:
        talk = self._desk.talk
        if query is None:
            if not self._may("open_query"):
                return Question(f"Nothing is asked about: {title}", "", (), "", title), _nothing
            question = Question(f"What do you ask about: {title}?", "Ask", (), "the question, in words", title)
            return question, lambda _chosen, words: talk.open_query(side, field, words)
        so_far = thread_words(query, title)
        if query.state == "open" and self._may("answer_query"):
            question = Question(so_far, "Answer", (), "the answer, in words", title)
            return question, lambda _chosen, words: talk.answer_query(query.id, words)
        if query.state != "closed" and talk.may_close(query):
            again = (("again", "ask again"),) if query.state == "answered" else ()
            question = Question(so_far, "Record", (("close", "close the query"), *again), "in words", title)
            return question, lambda chosen, words: self._settle(query.id, chosen, words)
        return Question(so_far, "", (), "", title), _nothing

    def _settle(self, query_id: str, chosen: str, words: str) -> None:
        if chosen == "close":
            self._desk.talk.close_query(query_id, words)
        else:
            self._desk.talk.ask_again(query_id, words)

    def _may(self, command: str) -> bool:
        return allowed(self._desk.role, command, "draft")

    def _by_field(self, side: Side | None) -> dict[str, Query]:
        """The query that stands at each field: one that waits before one that is closed, the newest of them."""
        mine = [query for query in self._desk.talk.queries() if query.about.gland == (side or "")]
        return {query.field: query for query in sorted(mine, key=lambda one: one.state != "closed")}

    def found(self, side: Side | None) -> dict[str, tuple[str, ...]]:
        """The sentences of the checks about a gland or the visit, by the field they are about."""
        found: dict[str, tuple[str, ...]] = {}
        for one in self._desk.talk.findings():
            if one.subject.gland == (side or "") and one.check not in _SAID_BY_FIELDS:
                found[one.field] = (*found.get(one.field, ()), one.sentence)
        return found


def thread_words(query: Query, title: str) -> str:
    """A query and what was said about it, a line each."""
    lines = [f"{query.id} about {title}", *(_message_words(one) for one in query.messages)]
    if query.has_changed:
        lines.append("The value was changed since it was asked about.")
    return "\n".join(lines)


def _message_words(one: Message) -> str:
    who = f"{one.printed_name} ({role_words(one.role)})"
    said = f": {one.text}" if one.text else ""
    return f"{who} {_SAID[one.act]}, {local_time(one.at, one.offset_minutes)}{said}"


def _nothing(_chosen: str, _words: str) -> None:
    """There is nothing to answer."""
