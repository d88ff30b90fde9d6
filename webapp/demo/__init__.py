"""Invented people and places, and the problem that the demonstration shows."""

from __future__ import annotations

from pathlib import Path

# Of every invented account, shown on the sign-in page of a demonstration; never of a real one.
PASSWORD = "quatre carreaux ouverts"  # noqa: S105  meant to be known
EMAIL_ENDING = ".exemple.invalid"


def problem() -> bytes:
    """Return the exchange file of the demonstration, gzipped."""
    return (Path(__file__).parent / "geneva.json.gz").read_bytes()
