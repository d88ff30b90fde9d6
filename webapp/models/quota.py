from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.extensions import Model, db
from webapp.models.group import Group
from webapp.models.tag import Tag
from webapp.models.territory import Period
from webapp.models.types import Key

quota_group = Table(
    "quota_group",
    db.metadata,
    Column("quota_id", ForeignKey("quota.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", ForeignKey("group.id"), primary_key=True),
)


class Quota(Model):
    """At most ``max`` places in its groups for holders of a tag; without a tag, for anybody."""

    __table_args__ = (CheckConstraint("max >= 0", name="max_not_negative"),)

    id: Mapped[Key]
    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"), index=True)
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"))
    max: Mapped[int]

    period: Mapped[Period] = relationship()
    tag: Mapped[Tag | None] = relationship()
    groups: Mapped[list[Group]] = relationship(secondary=quota_group)
