"""The invented people who work with the participants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import count

from sqlalchemy import select

from webapp.demo import EMAIL_ENDING, names
from webapp.models import Account, Role
from webapp.planning.load.loading import Loading

_CASELOAD = 50


def add_staff(load: Loading) -> int:
    """Add a coordinator, an admin and workers where there are none; return the coordinator."""
    num_workers = max(8, len(load.problem.participants) // _CASELOAD)
    coordinator_id = _accounts(load, Role.COORDINATOR, names.COORDINATORS, 1)[0]
    _accounts(load, Role.ADMIN, names.ADMINS, 1)
    load.worker_ids = _accounts(load, Role.WORKER, names.WORKERS, num_workers)
    return coordinator_id


def _accounts(
    load: Loading, role: Role, known: tuple[tuple[str, str], ...], number: int
) -> Sequence[int]:
    """Ids of the territory's accounts of a role; invented where it has none."""
    found: Sequence[int] = load.db_session.scalars(
        select(Account.id)
        .where(Account.territory_id == load.territory.id, Account.role == role)
        .where(Account.disabled_at.is_(None))
        .order_by(Account.id)
    ).all()
    return found or add_accounts(load, role, [names.staff(known, i) for i in range(number)])


def add_accounts(
    load: Loading,
    role: Role,
    people: Sequence[tuple[str, str]],
    partner_ids: Sequence[int] | None = None,
) -> list[int]:
    """Add accounts of a role for people of these first and last names; return their ids."""
    domain = _slug(load.territory.name) + EMAIL_ENDING
    taken = set(load.db_session.scalars(select(Account.email)))
    rows = []
    for i, (first, last) in enumerate(people):
        mailbox = f"{_slug(first)}.{_slug(last)}"
        emails = (f"{mailbox}{number or ''}@{domain}" for number in count())
        email = next(email for email in emails if email not in taken)
        taken.add(email)
        rows.append(
            {
                "email": email,
                "display_name": f"{first} {last}",
                "role": role,
                "territory_id": load.territory.id,
                "partner_id": partner_ids[i] if partner_ids else None,
                "password_hash": load.password_hash,
            }
        )
    return load.insert(Account, rows)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "x"
