"""What the parts of a load share: the rows made so far, by the ids of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, insert

from scheduler.problem import Pair, Problem, Window
from webapp.models import Period, TagKind, Territory

Ids = dict[str, int]


@dataclass
class Loading:
    """A problem on its way into the running transaction of ``db_session``."""

    db_session: Any
    problem: Problem
    territory: Territory
    period: Period
    password_hash: str
    tag_ids: dict[tuple[TagKind, str], int] = field(default_factory=dict)
    measure_ids: Ids = field(default_factory=dict)
    worker_ids: Sequence[int] = ()
    partner_ids: Sequence[int] = ()
    owner_ids: Ids = field(default_factory=dict)  # partners, by the id of their venue
    venue_ids: Ids = field(default_factory=dict)
    group_ids: Ids = field(default_factory=dict)
    coach_ids: Ids = field(default_factory=dict)
    participant_ids: Ids = field(default_factory=dict)

    def insert(self, model: Any, rows: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert many rows at once; return their ids in the same order."""
        rows = list(rows)
        if not rows:
            return []
        statement = insert(model).returning(model.id, sort_by_parameter_order=True)
        return list(self.db_session.scalars(statement, rows))

    def link(self, table: Table, column: str, pairs: Iterable[tuple[int, int]]) -> None:
        """Fill a table of two keys: ``column`` and the one of the tag, venue or group."""
        other = next(key.name for key in table.primary_key if key.name != column)
        rows = [{column: one, other: another} for one, another in dict.fromkeys(pairs)]
        if rows:
            self.db_session.execute(table.insert(), rows)

    def tag(
        self,
        table: Table,
        column: str,
        kind: TagKind,
        row_ids: Mapping[str, int],
        texts_of: Iterable[tuple[str, Iterable[str]]],
    ) -> None:
        """Fill a table of tags: ``texts_of`` gives the id in the file of a row, and its tags."""
        self.link(
            table,
            column,
            ((row_ids[id_], self.tag_ids[kind, text]) for id_, texts in texts_of for text in texts),
        )

    def pair(self, pair: Pair) -> dict[str, int]:
        """The two keys of a participant in a group."""
        return {
            "participant_id": self.participant_ids[pair.participant],
            "group_id": self.group_ids[pair.group],
        }

    def coach_id(self, pair: Pair) -> int | None:
        """The key of the coach that a pair names."""
        return None if pair.coach is None else self.coach_ids[pair.coach]


def by_id(rows: Sequence[Any], ids: Sequence[int]) -> Ids:
    """The ids of the rows made from ``rows``, by those of the file."""
    return {row.id: id_ for row, id_ in zip(rows, ids, strict=True)}


def window_columns(window: Window) -> dict[str, int]:
    """The columns of a window of a week."""
    return {"weekday": window.day, "start_minute": window.start, "end_minute": window.end}
