from __future__ import annotations

import enum
import unicodedata
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, event
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import clock
from webapp.extensions import Model
from webapp.models.account import Account
from webapp.models.rendered import Rendered
from webapp.models.tag import Tag
from webapp.models.territory import Territory
from webapp.models.types import Key, Moment, Name, Uid, enum_column


def fold(text: str) -> str:
    """Return ``text`` as it is searched and sorted: without accents, capitals or outer blanks.

    No two databases do this alike.
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).strip()


def _search_key(first_name: str, last_name: str, reference: str) -> str:
    return fold(f"{first_name} {last_name} {reference}")[:500]


def _key(context: DefaultExecutionContext) -> str:
    row = context.get_current_parameters()  # type: ignore[no-untyped-call]  # untyped there
    return _search_key(row["first_name"], row["last_name"], row["reference"])


class Participant(Rendered, Model):
    """A person in measures; their worker speaks for them. ``reference`` is short and random."""

    rendered = frozenset({"first_name", "last_name", "territory_id"})  # in feeds with names
    __table_args__ = (CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="both_coordinates"),)

    id: Mapped[Key]
    uid: Mapped[Uid]
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    first_name: Mapped[Name]
    last_name: Mapped[Name]
    search_key: Mapped[str] = mapped_column(String(500), default=_key, index=True)  # sorts, too
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    created_at: Mapped[Moment] = mapped_column(default=clock.now)

    territory: Mapped[Territory] = relationship()
    worker: Mapped[Account] = relationship()
    certificates: Mapped[list[Certificate]] = relationship(
        back_populates="participant", cascade="all, delete-orphan", order_by="Certificate.id"
    )

    @property
    def short_name(self) -> str:
        """First name and initial: all that lists show."""
        return f"{self.first_name} {self.last_name[:1]}."


@event.listens_for(Participant, "before_update")
def _refresh_key(_mapper: object, _connection: object, row: Participant) -> None:
    row.search_key = _search_key(row.first_name, row.last_name, row.reference)


class Certificate(Model):
    """A tag that a participant holds, and from when until when; never what it rests on."""

    __table_args__ = (CheckConstraint("valid_until >= valid_from", name="dates_in_order"),)

    id: Mapped[Key]
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]

    participant: Mapped[Participant] = relationship(back_populates="certificates")
    tag: Mapped[Tag] = relationship()


class PairingKind(enum.StrEnum):
    APART = "apart"
    TOGETHER = "together"


class Pairing(Model):
    """Two participants who must share no group, or all of them."""

    __table_args__ = (
        UniqueConstraint("first_id", "second_id", "kind"),
        CheckConstraint("first_id < second_id", name="once_a_pair"),
    )

    id: Mapped[Key]
    kind: Mapped[PairingKind] = enum_column(PairingKind)
    first_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(
        ForeignKey("participant.id", ondelete="CASCADE"), index=True
    )

    first: Mapped[Participant] = relationship(foreign_keys=[first_id])
    second: Mapped[Participant] = relationship(foreign_keys=[second_id])
