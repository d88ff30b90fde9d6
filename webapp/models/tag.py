from __future__ import annotations

import enum

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.types import Key, Name, enum_column


class TagKind(enum.StrEnum):
    HOLD = "hold"  # a certificate or another fact that a group may require or a quota count
    NEED = "need"  # what a participant needs and a group offers
    SKILL = "skill"  # what a coach can do


class Tag(Model):
    """A word of the common vocabulary of requirements, needs and skills. Never a diagnosis."""

    __table_args__ = (UniqueConstraint("kind", "code"),)

    id: Mapped[Key]
    kind: Mapped[TagKind] = enum_column(TagKind)
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[Name]
    name_en: Mapped[Name]
