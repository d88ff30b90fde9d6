"""Column types shared by the models."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Dialect, Enum, String, TypeDecorator, Uuid
from sqlalchemy.orm import mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; stored and returned in UTC on every database. Refuses a naive value."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_column(kind: type[enum.StrEnum], **options: Any) -> Any:
    """Return a column that holds the values of ``kind``, guarded by a CHECK."""
    return mapped_column(
        Enum(
            kind,
            native_enum=False,
            create_constraint=True,
            length=20,
            name=kind.__name__.lower(),
            values_callable=lambda members: [member.value for member in members],
        ),
        **options,
    )


Key = Annotated[int, mapped_column(primary_key=True)]
Name = Annotated[str, mapped_column(String(120))]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Uid = Annotated[UUID, mapped_column(Uuid, default=uuid4, unique=True)]
