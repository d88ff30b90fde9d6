from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, CheckConstraint, Connection, ForeignKey, String, event, select, update
from sqlalchemy.orm import Mapped, Mapper, attributes, mapped_column, relationship

from webapp.extensions import Model
from webapp.models.rendered import Rendered
from webapp.models.types import Key, Name


class Territory(Rendered, Model):
    """A node of the tree of territories; rights reach down the tree.

    ``path`` lists the ids from the root down to this one, each followed by a slash: ``1/4/``.
    It is set when the row is inserted. ``country`` (ISO 3166, ``CH``) and ``region`` (``GE``)
    tell the public holidays; without a country those of the territory above count.
    """

    rendered = frozenset({"names_in_feeds"})

    id: Mapped[Key]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    name: Mapped[Name]
    path: Mapped[str] = mapped_column(String(200), unique=True, default=lambda: uuid4().hex)
    timezone: Mapped[str] = mapped_column(String(50))
    names_in_feeds: Mapped[bool] = mapped_column(default=False)
    country: Mapped[str | None] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(String(10))

    parent: Mapped[Territory | None] = relationship(remote_side="Territory.id")
    periods: Mapped[list[Period]] = relationship(
        back_populates="territory", order_by="Period.starts_on"
    )


@event.listens_for(Territory, "after_insert")
def _set_path(_mapper: Mapper[Any], connection: Connection, territory: Territory) -> None:
    paths = select(Territory.path).where(Territory.id == territory.parent_id)
    path = f"{connection.scalar(paths) or ''}{territory.id}/"
    connection.execute(update(Territory).where(Territory.id == territory.id).values(path=path))
    attributes.set_committed_value(territory, "path", path)


class Period(Model):
    """A span of dates that is planned as one, for a territory and all below it."""

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("num_answer_days > 0", name="answer_days_positive"),
    )

    id: Mapped[Key]
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    name: Mapped[Name]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    num_answer_days: Mapped[int] = mapped_column(default=7)
    policy: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)

    territory: Mapped[Territory] = relationship(back_populates="periods")
