"""Commands for the person who runs an installation: ``flask --app webapp --help``."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import BinaryIO
from zoneinfo import available_timezones

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import make_url

from webapp import jobs
from webapp.cli import serving
from webapp.demo import PASSWORD
from webapp.extensions import db
from webapp.planning.load import InvalidProblemError, TerritoryMismatchError
from webapp.services import accounts, demonstration, problems, sign_ins


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(demo)
    app.cli.add_command(found_territory)
    app.cli.add_command(load_problem)
    app.cli.add_command(work)


@click.command("demo")
@click.option("--port", default=5000, show_default=True)
@click.option("--reset", is_flag=True, help="Throw away what is there and begin again.")
@with_appcontext
def demo(port: int, reset: bool) -> None:
    """Serve a demonstration with invented people on this machine; what was done in it is kept."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("Only with CROISEE_DEMO=1: the passwords are known to all.")
    address = f"127.0.0.1:{port}"
    if not serving.is_free(port):
        raise click.ClickException(f"{address} is in use: choose another port.")
    if reset:
        for setting in ("SQLALCHEMY_DATABASE_URI", "QUEUE_URL"):
            _remove_file(current_app.config[setting])
    upgrade()
    if demonstration.is_empty(db.session):
        click.echo("Loading Geneva and making a plan …")
        plan = demonstration.fill(db.session)
        click.echo(f"Plan {plan.number}: {plan.state}")
    offered = [entry.account for entry in demonstration.accounts(db.session)]
    lines = [
        f"\n  Croisée: http://{address}\n",
        *(f"  {account.role:<12} {account.email}" for account in offered),
        f"\n  Password of every account: {PASSWORD}\n",
    ]
    db.session.remove()
    db.engine.dispose()
    serving.serve(address, lambda: click.echo("\n".join(lines)))


def _remove_file(address: str) -> None:
    url = make_url(address)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise click.ClickException(f"Only a SQLite file is thrown away, not {url!r}.")
    for ending in ("", "-wal", "-shm"):
        Path(url.database + ending).unlink(missing_ok=True)


@click.command("found-territory")
@click.argument("name")
@click.option("--timezone", required=True, help="Such as Europe/Zurich.")
@click.option("--email", required=True, help="Address of its first admin.")
@click.option("--display-name", required=True, help="First and last name of the admin.")
@with_appcontext
def found_territory(name: str, timezone: str, email: str, display_name: str) -> None:
    """Make a territory NAME and an admin for it, who then makes everything else."""
    if timezone not in available_timezones():
        raise click.ClickException(f"There is no time zone {timezone}.")
    try:
        admin, password = accounts.found_territory(db.session, name, timezone, email, display_name)
    except accounts.EmailTakenError as error:
        raise click.ClickException(f"{error.email} has an account already.") from error
    click.echo(f"{admin.email} signs in with the password {password}")


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
