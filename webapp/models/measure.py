from __future__ import annotations

import enum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.extensions import Model
from webapp.models.rendered import Rendered
from webapp.models.territory import Territory
from webapp.models.types import Key, Name, enum_column


class MeasureKind(enum.StrEnum):
    WORKSHOP = "workshop"
    PLACEMENT = "placement"
    PERMANENCE = "permanence"
    TRAINING = "training"


class Measure(Rendered, Model):
    """What a territory offers; ``public_name`` stands in calendars and tells no health fact."""

    rendered = frozenset({"public_name", "public_name_en"})
    __table_args__ = (UniqueConstraint("territory_id", "code"),)

    id: Mapped[Key]
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[MeasureKind] = enum_column(MeasureKind)
    name: Mapped[Name]
    name_en: Mapped[Name]
    public_name: Mapped[Name]
    public_name_en: Mapped[Name] = mapped_column(default="")
    description: Mapped[str] = mapped_column(String(2000), default="")

    territory: Mapped[Territory] = relationship()
