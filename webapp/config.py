"""Every setting: its default, its type, what it does. Read once, from the environment.

A setting ``NAME`` is read from the variable ``CROISEE_NAME``; ``DATABASE_URL`` and ``SECRET_KEY``
are also read without the prefix.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

INSTANCE = Path(__file__).parent.parent / "instance"


class WeakSecretError(ValueError):
    """The secret key is missing or guessable; nothing may start with it."""


@dataclass(frozen=True, slots=True)
class Settings:
    secret_key: str
    """Signs cookies. At least 32 characters; ``make install`` writes one to instance/secret_key."""

    database_url: str = f"sqlite:///{INSTANCE / 'croisee.sqlite'}"
    """SQLite by default; ``postgresql+psycopg://...`` for PostgreSQL."""

    queue_url: str = f"sqlite:///{INSTANCE / 'queue.sqlite'}"
    """Where background jobs wait: a SQLite file, or a PostgreSQL database shared by workers."""

    demo: bool = False
    """Shows invented sign-ins on the sign-in page and a notice on every page."""

    secure_cookies: bool = True
    """Cookies only over https (named ``__Host-...``). Off for the demo on plain localhost."""

    solver_seconds: int = 60
    """How long a plan may be computed before the best one found is kept."""

    solver_memory_mb: int = 4096
    """How much memory the solver's process may take."""

    idle_minutes: int = 30
    """A sign-in ends after so long without a page."""

    absolute_hours: int = 12
    """A sign-in ends after so long, whatever happens."""

    calendar_domain: str = "croisee.invalid"
    """The fixed right-hand side of calendar UIDs; never change it once feeds are in use."""

    num_proxies: int = 0
    """How many reverse proxies stand in front and tell the address and scheme people come with."""

    public_url: str = ""
    """The address people reach, for links in feeds; empty: the one of the page at hand."""

    def __post_init__(self) -> None:
        if len(self.secret_key) < 32 or len(set(self.secret_key)) < 10:
            raise WeakSecretError(
                "SECRET_KEY must be at least 32 random characters; "
                'make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )

    def for_flask(self) -> dict[str, Any]:
        """Return the mapping that Flask and its extensions read."""
        settings = {name.upper(): value for name, value in asdict(self).items()}
        prefix = "__Host-" if self.secure_cookies else ""
        return settings | {
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SESSION_COOKIE_NAME": f"{prefix}croisee",
            "SESSION_COOKIE_SECURE": self.secure_cookies,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_PATH": "/",
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_SSL_STRICT": self.secure_cookies,
            "BABEL_DEFAULT_LOCALE": "fr",
            "BABEL_TRANSLATION_DIRECTORIES": "translations",
            "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
            "TEMPLATES_AUTO_RELOAD": False,
        }


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raise WeakSecretError on a bad key, ValueError on a malformed number."""
    values: dict[str, Any] = {}
    for field in fields(Settings):
        name = field.name.upper()
        text = environment.get(f"CROISEE_{name}")
        if text is None and field.name in {"secret_key", "database_url"}:
            text = environment.get(name)
        if text is not None:
            values[field.name] = _convert(name, text, str(field.type))
    if "secret_key" not in values:
        file = INSTANCE / "secret_key"
        values["secret_key"] = file.read_text().strip() if file.exists() else ""
    return Settings(**values)


def _convert(name: str, text: str, kind: str) -> Any:
    if kind == "bool":
        if text.lower() not in {"0", "1", "false", "true"}:
            raise ValueError(f"CROISEE_{name} is {text!r}: write 1 or 0")
        return text.lower() in {"1", "true"}
    if kind == "int":
        try:
            return int(text)
        except ValueError as error:
            raise ValueError(f"CROISEE_{name} is {text!r}: write a whole number") from error
    return text
