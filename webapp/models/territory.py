from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.extensions import Model
from webapp.models.types import Key, Name


class Territory(Model):
    """A node of the tree of territories; rights reach down the tree.

    ``path`` lists the ids from the root down to this one, each followed by a slash: ``1/4/``.
    """

    id: Mapped[Key]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("territory.id"), index=True)
    name: Mapped[Name]
    path: Mapped[str] = mapped_column(String(200), unique=True)
    timezone: Mapped[str] = mapped_column(String(50))
    names_in_feeds: Mapped[bool] = mapped_column(default=False)

    parent: Mapped[Territory | None] = relationship(remote_side="Territory.id")
    periods: Mapped[list[Period]] = relationship(
        back_populates="territory", order_by="Period.starts_on"
    )


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
