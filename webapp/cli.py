"""Commands for the person who runs an installation: ``flask --app webapp --help``."""

from __future__ import annotations

import secrets
import sys
from typing import BinaryIO

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from webapp import jobs
from webapp.extensions import db
from webapp.planning.load import InvalidProblemError, TerritoryMismatchError
from webapp.services import problems, sign_ins


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(load_problem)
    app.cli.add_command(work)


@click.command("load-problem")
@click.argument("file", type=click.File("rb"))
@click.option("--territory", help="Name of the territory; made where there is none.")
@click.option("--period", help="Name of the period; by default its season.")
@with_appcontext
def load_problem(file: BinaryIO, territory: str | None, period: str | None) -> None:
    """Turn an exchange FILE (gzipped or not, - for standard input) into a new period.

    People and places get invented names. Nobody can sign in to the accounts made before an
    admin has given them a password.
    """
    try:
        loaded = problems.load_problem(
            db.session,
            file.read(),
            password_hash=sign_ins.hash_password(secrets.token_urlsafe(32)),
            territory_name=territory,
            period_name=period,
        )
    except (InvalidProblemError, TerritoryMismatchError) as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    click.echo(f"{loaded.territory.name}, {loaded.name}: period {loaded.id}")


@click.command("work")
@with_appcontext
def work() -> None:
    """Make the plans that are asked for, one at a time, until told to stop."""
    jobs.run_worker(current_app._get_current_object())  # type: ignore[attr-defined]  # a proxy
