from __future__ import annotations

from wtforms import DecimalField


class CommaDecimalField(DecimalField):
    """A decimal number, written with a comma or a point."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([value.replace(",", ".") for value in valuelist])
