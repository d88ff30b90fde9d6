from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Model
from webapp.models.types import Key, Moment


class Throttle(Model):
    """How often something went wrong since a moment; shared by all processes of the server.

    ``key_hash`` is the sha256 of what is counted, so that no address is kept.
    """

    id: Mapped[Key]
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    since: Mapped[Moment] = mapped_column(index=True)
    num_failures: Mapped[int]
