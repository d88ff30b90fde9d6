"""Places of a group, counted so that no two people ever take the same one."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import update

from webapp.models import Group
from webapp.services.transactions import DbSession


class GroupFullError(Exception):
    """The group has no place left."""

    def __init__(self, group_id: int) -> None:
        self.group_id = group_id
        super().__init__(f"group {group_id} is full")


def take(db_session: DbSession, group_ids: Iterable[int]) -> None:
    """Take a place in each group, in the running transaction; the first thing to do in it.

    The condition stands in the UPDATE itself, so that the database decides between two at the
    same moment; sorted, so that two transactions never wait for each other. Raise GroupFullError.
    """
    for group_id in sorted(group_ids):
        taken = db_session.execute(
            update(Group)
            .where(Group.id == group_id, Group.taken < Group.capacity)
            .values(taken=Group.taken + 1)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a cursor result
            raise GroupFullError(group_id)


def free(db_session: DbSession, group_id: int) -> None:
    """Give a place back, in the running transaction."""
    db_session.execute(
        update(Group)
        .where(Group.id == group_id)
        .values(taken=Group.taken - 1)
        .execution_options(synchronize_session=False)
    )
