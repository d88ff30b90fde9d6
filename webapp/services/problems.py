"""Loading exchange files."""

from __future__ import annotations

from webapp.models import Period
from webapp.planning import load
from webapp.services import audits
from webapp.services.transactions import DbSession, transaction


def load_problem(
    db_session: DbSession,
    data: bytes,
    *,
    password_hash: str,
    territory_name: str | None = None,
    period_name: str | None = None,
) -> Period:
    """Turn the bytes of an exchange file, gzipped or not, into rows; return their new period.

    Raise InvalidProblemError or TerritoryMismatchError of ``planning.load``; then nothing is saved.
    """
    problem = load.read_problem(data)
    with transaction(db_session):
        period = load.load_problem(
            db_session,
            problem,
            password_hash=password_hash,
            territory_name=territory_name,
            period_name=period_name,
        )
        audits.record(db_session, None, "load_problem", period)
    return period
