"""Commands for the person who runs an installation: ``flask --app webapp --help``."""

from __future__ import annotations

from flask import Flask


def init_app(_app: Flask) -> None:
    """Register the commands."""
