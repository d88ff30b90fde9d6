"""What a change of a row means for the calendars that show it."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from webapp import clock
from webapp.models.types import Moment


class Rendered:
    """A row shown in calendar feeds.

    ``changed_at`` moves only when a column of ``rendered`` changes, ``sequence`` only when one of
    ``rescheduling`` does (time, place or status): clients drop or double events otherwise.
    """

    rendered: ClassVar[frozenset[str]]
    rescheduling: ClassVar[frozenset[str]] = frozenset()

    changed_at: Mapped[Moment] = mapped_column(default=clock.now)
    sequence: Mapped[int] = mapped_column(default=0)


@event.listens_for(Rendered, "before_update", propagate=True)
def _note_change(_mapper: Mapper[Any], _connection: Any, row: Rendered) -> None:
    state = inspect(row)
    assert state is not None
    changed = {name for name in row.rendered if state.attrs[name].history.has_changes()}
    if changed:
        row.changed_at = clock.now()
    if changed & row.rescheduling:
        row.sequence += 1
