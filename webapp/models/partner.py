from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.extensions import Model
from webapp.models.rendered import Rendered
from webapp.models.territory import Territory
from webapp.models.types import Key, Name


class Partner(Model):
    """An association or other structure that runs groups."""

    id: Mapped[Key]
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    name: Mapped[Name]
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")

    territory: Mapped[Territory] = relationship()
    venues: Mapped[list[Venue]] = relationship(back_populates="partner", order_by="Venue.name")


class Venue(Rendered, Model):
    """A place where groups meet; coordinates in degrees, both or neither.

    The name of a discreet one tells a health fact: calendars give its address only.
    """

    rendered = frozenset({"name", "address", "is_discreet"})
    rescheduling = frozenset({"name", "address"})
    __table_args__ = (
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="both_coordinates"),
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat_degrees"),
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon_degrees"),
    )

    id: Mapped[Key]
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partner.id"), index=True)
    name: Mapped[Name]
    address: Mapped[str] = mapped_column(String(200), default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    is_discreet: Mapped[bool] = mapped_column(default=False)

    territory: Mapped[Territory] = relationship()
    partner: Mapped[Partner | None] = relationship(back_populates="venues")
