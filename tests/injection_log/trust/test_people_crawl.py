"""Every act and every command that touches records asks the table of roles, and is refused to whom it is not for.

The acts are found, not listed: whoever adds one is tested without a line here, as long as its arguments can be made
from their names (EXAMPLES). What needs no question of its own stands in ASKS_NOTHING with the reason.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import pytest
import typer
from signed_visits import reviewed, signed_visit
from typer.testing import CliRunner

import injection_log.acts
from injection_log import cli
from injection_log.acts import additions, amending, locking, visits, withdrawing
from injection_log.clock import FixedClock
from injection_log.errors import Refused
from injection_log.home import Home
from injection_log.ledger.event import Actor
from injection_log.people import permission
from injection_log.people.accounts import NewAccount, account_of, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.people.roles import TABLE, Role
from injection_log.practice.world import USERS
from injection_log.protocol.reading import practice_protocol_text
from injection_log.record.values import VisitRecord
from injection_log.site import NOBODY, Session, Site, log_in

CHEAP = PasswordCost(passes=1, memory_kib=8, lanes=1)
OF_WHAT_IS_READ = "makes words, pictures or values of a record that an act which asks has read"
PART = "a part of acts that have asked"
ASKS_NOTHING = {
    **dict.fromkeys(("signing.missing", "signing.cautions", "signing.render", "additions.render"), OF_WHAT_IS_READ),
    **dict.fromkeys(("exports.marked_pictures", "exports.sheet_content"), OF_WHAT_IS_READ),
    **dict.fromkeys(("copy_pictures.picture_facts", "studies.image_facts", "kept_areas.layout_of"), PART),
    **dict.fromkeys(("marks.changed_marks", "marks.placed_again", "marks.put_back"), PART),
    **dict.fromkeys(("signing.signature_value", "signing.require_own", "signing.require_shown"), PART),
    **dict.fromkeys(("exports.record_export", "history.events_about", "backups.copy_log", "studies.discard"), PART),
    **dict.fromkeys(("identity.fingerprint", "identity.is_linked", "identity.is_linked_elsewhere"), PART),
    **dict.fromkeys(("identity.learned_of", "identity.linked_count", "studies.belongs_to"), PART),
    **dict.fromkeys(("kept_areas.area_for", "kept_areas.site_key", "sharing.is_looked_at"), PART),
    **dict.fromkeys(("checking.all_records", "checking.is_over", "visits.unlocked_visit"), PART),
    **dict.fromkeys(("copy_writing.dates_for", "copy_writing.trial_of"), PART),
    **dict.fromkeys(("shared_copies.shared_copies", "shared_copies.sharing_uids"), PART),
    "audit.require_known_names": PART,
    **dict.fromkeys(("binder_log.read_log", "binder_log.log_in_words"), PART),
    **dict.fromkeys(("binder_records.binder_participants", "binder_pictures.gland_pictures"), PART),
    "outputs.export_facts": PART,
    **dict.fromkeys(("visits.require_known",), PART),
    **dict.fromkeys(("seeing.note_seen", "seeing.note_subject_seen", "seeing.write_down", "seeing.already_seen"),
                    "writes down that somebody looked, whoever they are"),
    "seeing.unwritten_words": "says that this could not be written down",
    "queries.may_close": "says whether a button is shown; the act behind it asks",
    "locking.lock_of": "says that something is locked, by whom and why; no value of a record",
    "visits.local_day": "says what day it is",
    "scales.measure_again": "asks for each gland that has marks on the picture; there is none here (test_hand_scale)",
    "reasons.checked_reason": "checks a text",
    "reasons.statement": "makes a value of who is logged in",
    "overtaken.overtaken": "makes a sentence for who came second",
}
ROOMS_FOR_ACTS = {"writing", "numbering", "log_words", "log_tables"}
"""Modules that the acts are written with; no act in them."""


@dataclass(frozen=True)
class World:
    """A site with a person of every role, and a record in every state that the acts can meet."""

    site: Site
    records: dict[str, VisitRecord]

    def session(self, role: Role) -> Session:
        """Somebody of this role at work; readers too, who could not log in."""
        return Session(self.site, account_of(self.site.ledger, f"one-{role.value.replace('_', '-')}"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("crawl")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(root / "keys"))
        clock = FixedClock(datetime(2026, 11, 22, 9, 0, tzinfo=UTC), timedelta(seconds=1))
        site = Site.create(Home(root / "home"), practice_protocol_text(), "test", clock=clock)
        people = [(one.user, one.printed_name, one.role, one.password) for one in USERS]
        people += [(f"one-{r.value.replace('_', '-')}", f"One {r.value}", r.value, "three green pears") for r in Role]
        for user, name, role, password in people:
            new = NewAccount(user, name, role, password, CHEAP)
            by = NOBODY if one_of_practice(user) else Actor("admin", "administrator")
            add_account(site.ledger, by, new, clock=clock, protocol=site.protocol.sha256)
        injector = log_in(site, "injector", "practice-injector")
        investigator = log_in(site, "investigator", "practice-investigator")
        signed, seen = signed_visit(injector, "SMG-08"), reviewed(investigator, signed_visit(injector, "SMG-09"))
        amended = amending.open_amendment(injector, signed_visit(injector, "SMG-10"), "right", "a good reason")
        added = additions.open_addition(injector, signed_visit(injector, "SMG-11"), "right", "a good reason")
        left = withdrawing.withdraw_visit(injector, visits.open_visit(injector, "SMG-12", "injection"), "a good reason")
        records = {"draft": visits.open_visit(injector, "SMG-07", "injection"), "signed": signed, "reviewed": seen}
        records |= {"amended": amended, "added": added, "withdrawn": left}
        yield World(site, records)
        site.ledger.close()


def one_of_practice(user: str) -> bool:
    return user in {one.user for one in USERS}


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(injection_log.acts.__path__):
        if found.name not in ROOMS_FOR_ACTS:
            yield importlib.import_module(f"injection_log.acts.{found.name}")


def acts() -> dict[str, Callable[..., Any]]:
    """Every public function of the acts that a session is given to, by `module.name`."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}": act
        for module in modules()
        for name, act in vars(module).items()
        if inspect.isfunction(act) and not name.startswith("_") and act.__module__ == module.__name__
        and next(iter(inspect.signature(act).parameters), "") == "session"
        and not name.startswith("gather_")  # what `outputs.export_kind` calls after it has asked
    }  # fmt: skip


ACTS = {name: act for name, act in acts().items() if name not in ASKS_NOTHING}
EXAMPLES: dict[str, Any] = {
    "participant": "SMG-07", "visit": "injection", "side": "right", "reason": "a good reason", "user": "one-operator",
    "role": "operator", "scope": locking.StudyScope(), "text": "25G-40mm", "field": "needle",
    "query_id": "Q-0001", "deviation_id": "D-0001", "printed_name": "Some Body", "kind": "table",
}  # fmt: skip
"""Arguments by their names; whatever is not named here is a stand-in that no act may look at before it has asked."""


class Asked(Exception):
    """The act asked the table: for this command."""


def call(act: Callable[..., Any], session: Session, record: VisitRecord) -> object:
    """Call an act with what its parameters are called; what it gives piece by piece is taken."""
    arguments: dict[str, Any] = {}
    for name, parameter in inspect.signature(act).parameters.items():
        if name == "session" or parameter.default is not inspect.Parameter.empty:
            continue
        arguments[name] = record if name == "record" else EXAMPLES.get(name, MagicMock(name=name))
    given = act(session, **arguments)
    return list(given) if inspect.isgenerator(given) else given


def command_of(act: Callable[..., Any], world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The command that an act asks for first, and in which record it got so far; nothing is written."""

    def ask(_session: object, command: str, _state: str = "") -> None:
        raise Asked(command)

    met: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(permission, "require", ask)
        for role in (Role.INJECTOR, Role.PRINCIPAL_INVESTIGATOR, Role.DATA_MANAGER, Role.ADMINISTRATOR):
            for name, record in world.records.items():
                try:
                    call(act, world.session(role), record)
                except Asked as asked:
                    return str(asked), name
                except Refused as refused:
                    met.append(refused.code)
    raise AssertionError(f"this act never asked the table of roles (refused: {sorted(set(met))})")


@pytest.mark.parametrize("name", sorted(ACTS))
def test_every_act_is_refused_to_every_role_that_the_table_does_not_name(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, record = command_of(ACTS[name], world, monkeypatch)
    others = [role for role in Role if role not in TABLE[command][0]]  # type: ignore[index]
    assert {Role.READER, Role.ADJUDICATOR} <= set(others)
    for role in others:
        before = world.site.ledger.head()[0]
        with pytest.raises(Refused) as refused:
            call(ACTS[name], world.session(role), world.records[record])
        assert refused.value.code == "not_allowed", (role, str(refused.value))
        kinds = [event.kind for event in world.site.ledger.events(after=before) if event.kind != "ClockStepped"]
        assert kinds == ["AccessDenied"], role


def test_the_crawl_finds_the_acts() -> None:
    assert len(ACTS) > 40
    assert {"facts.set_fact", "signing.sign_gland", "locking.lock", "people.change_role"} <= set(ACTS)


def test_what_asks_nothing_still_exists() -> None:
    assert set(ASKS_NOTHING) <= set(acts())


def test_a_denied_try_tells_who_and_what_and_nothing_of_the_record(world: World) -> None:
    with pytest.raises(Refused):
        visits.open_visit(world.session(Role.ADMINISTRATOR), "SMG-77", "injection")
    *_, event = world.site.ledger.events()
    assert (event.kind, event.subject.key, event.reason) == ("AccessDenied", "user:one-administrator", "open visit")
    assert event.changes == ()
    assert b"SMG-77" not in event.body


def test_who_was_closed_or_given_another_role_meanwhile_does_nothing_more(world: World) -> None:
    from injection_log.acts import people

    admin, monitor = world.session(Role.ADMINISTRATOR), world.session(Role.MONITOR)
    for change in (people.close_account, people.reopen_account):
        change(admin, "one-monitor", "left the trial, came back")
        if change is people.close_account:
            with pytest.raises(Refused, match="closed or given another role"):
                visits.list_visits(monitor)
    assert visits.list_visits(monitor)


# ---- the command line ----
def functions_of_the_command_line() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(Path(cli.__file__).parent.glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield path.stem, node


def test_every_command_that_uses_an_act_with_a_session_takes_a_log_in() -> None:
    """A command gets a session from `open_session` only, and that always asks for user id and password."""
    makers = {"open_session", "open_session_with", "log_in", "log_in_with_code", "Session"}
    allowed_makers = {"options", "demo"}  # the one that asks, and the practice people who have no secrets
    for module, function in functions_of_the_command_line():
        called = {
            node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            for node in ast.walk(function) if isinstance(node, ast.Call)
        }  # fmt: skip
        takes_user = "user" in {argument.arg for argument in function.args.args}
        if called & makers and not function.name.startswith("_") and module not in allowed_makers:
            assert takes_user, f"{module}.{function.name} opens a session and takes no --user"


def test_no_password_is_an_argument_or_an_environment_variable() -> None:
    for path in sorted(Path(cli.__file__).parent.glob("*.py")):
        text = path.read_text("utf-8")
        assert '"--password"' not in text, path.name
        assert "PASSWORD" not in text.replace("PASSWORD_STDIN", ""), path.name


NO_LOG_IN = {
    "reading demo": "plays on practice people", "simulate": "plays on practice people",
    "quick-card": "steps and keys, nobody's data",
    "validate": "examines the workstation, on practice data",
    "blank-form": "fields of the protocol, nobody\'s data",
    "demo": "plays on practice people", "setup": "there is nobody yet", "join": "a workstation, not a person",
    "verify": "checks the log without trusting it", "doctor": "examines the workstation", "image": "a file, no record",
    "frame": "a file, no record", "measure": "a file, no record", "upgrade-shared": "the owner of the database",
    "pacs listen": "the PACS, no record", "pacs card": "the PACS, no record", "pacs echo": "the PACS, no record",
    "pacs find": "the PACS, no record", "pacs pull": "recorded as a pull without a log-in",
    "keys show": "fingerprints of this workstation", "keys import": "the keys of this workstation",
}  # fmt: skip
"""Commands without a log-in, and why (design, part 6)."""
FOR_AN_ADMINISTRATOR = {"password", "backup", "keys", "audit", "open", "users", "user", "restore"}
"""First words of the commands that an administrator may give; restore looks at a backup and has two people for it."""
TYPED = {
    "participant": "SMG-08", "visit": "injection", "side": "right", "about": "right", "field": "needle",
    "text": "25G-40mm", "reason": "a good reason", "name": "operator", "workstation": "somewhere", "number": "Q-0001",
    "sequences": "3", "second": "manager", "why": "a good reason", "image": "1", "box": "0,0,10,10", "seen": "0" * 64,
    "by": "Some Body", "package_number": "1", "picture": "1", "value": "1",
    "written_on": "2026-11-22", "written_by": "Some Body", "at": "2026-11-22 10:00", "kind": "other",
}  # fmt: skip


def commands() -> dict[str, Any]:
    """Every command of the program by its words."""

    def walk(group: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
        for name, found in group.commands.items():
            if hasattr(found, "commands"):
                yield from walk(found, (*words, name))
            else:
                yield " ".join((*words, name)), found

    return dict(walk(typer.main.get_command(cli.assemble())))


def takes_log_in(command: Any) -> bool:
    return any("--user" in parameter.opts for parameter in command.params)


def test_only_what_touches_no_record_goes_without_a_log_in() -> None:
    assert {name for name, command in commands().items() if not takes_log_in(command)} == set(NO_LOG_IN)


CLINICAL = sorted(
    name for name, command in commands().items()
    if takes_log_in(command) and name.split()[0] not in FOR_AN_ADMINISTRATOR
)  # fmt: skip


@pytest.mark.parametrize("name", CLINICAL)
def test_a_command_that_touches_records_is_refused_to_an_administrator(name: str, world: World, tmp_path: Path) -> None:
    words = name.split()
    for parameter in commands()[name].params:
        # The gland is a third word or an option, so neither is owed by itself.
        if (parameter.required or parameter.name == "side") and "--user" not in parameter.opts:
            typed = TYPED.get(parameter.name, str(tmp_path / "somewhere"))
            words += [typed] if parameter.param_type_name == "argument" else [parameter.opts[0], typed]
    (tmp_path / "somewhere").mkdir()
    words += ["--pacs", "dicom://NOBODY@127.0.0.1:9"] if name == "pacs worklist" else []
    words += ["table", "--out", str(tmp_path / "somewhere")] if name == "export" else []
    words += ["--user", "admin", "--password-stdin", "--home", str(world.site.home.root)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(world.site.keys.root))
        result = CliRunner().invoke(cli.assemble(), words, input="practice-admin\n" * 4)
    assert isinstance(result.exception, Refused), result.output
    assert result.exception.code == "not_allowed", str(result.exception)
