"""`simulate`: a whole simulated trial in a new home, to try outputs and readings on."""
from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from injection_log.cli.answers import answer, say
from injection_log.cli.options import JsonOption
from injection_log.home import Home


def add_simulate_command(app: typer.Typer) -> None:
    """Join `simulate` to the command."""
    app.command("simulate")(simulate)


def simulate(
    home: Annotated[Path, typer.Option("--home", help="A new folder for the simulated trial.")],
    participants: Annotated[int, typer.Option("--participants", help="How many people take part.")] = 40,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same values.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Simulate a whole trial of phantom participants: practice users, nothing real, no arm."""
    from injection_log.practice.trial_story import simulate_trial
    from injection_log.practice.world import USERS
    from injection_log.verify import verify

    began = time.monotonic()
    place = Home(home.expanduser().absolute())
    played = simulate_trial(place, participants, seed, say)
    say("Verifying the log")
    is_ok = verify(place).ok
    facts = asdict(played) | {"verified": is_ok, "home": str(place.root)}

    def words() -> None:
        typer.echo(
            f"{played.participants} participants, {played.visits} visits, {played.signed_glands} signed glands; log: "
            f"{played.events} events, {'verified' if is_ok else 'NOT VERIFIED: run injection-log verify'}"
        )
        for one in USERS:
            typer.echo(f"  {one.role.replace('_', ' ')}: {one.user} / {one.password}")
        typer.echo(f"Done in {time.monotonic() - began:.0f} s. The simulated trial is in {place.root}.")

    answer(facts, as_json, words)
    raise typer.Exit(0 if is_ok else 1)
