"""The Flask extensions, unbound; imports nothing of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session

DbSession = Session | scoped_session[Any]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(
    model_class=Base,
    # What a statement was given may be a name: errors, and so the log, do without.
    engine_options={"pool_pre_ping": True, "hide_parameters": True},
    # Tests bind the session to a connection whose outer transaction they roll back.
    session_options={"join_transaction_mode": "create_savepoint", "expire_on_commit": False},
)
if TYPE_CHECKING:
    Model = Base  # the type checker cannot subclass an attribute of ``db``
else:
    Model = db.Model

migrate = Migrate(render_as_batch=True, compare_type=True)
login_manager = LoginManager()
babel = Babel()
csrf = CSRFProtect()

_read_only: ContextVar[bool] = ContextVar("read_only", default=False)


@contextmanager
def read_only(value: bool = True) -> Iterator[None]:
    """Transactions begun inside can only read (or may write again, with ``value=False``).

    SQLite: a transaction that may write takes the write lock at once (``BEGIN IMMEDIATE``): one
    that reads first and writes later can fail half-way, and two of them can overbook.
    """
    token = _read_only.set(value)
    try:
        yield
    finally:
        _read_only.reset(token)


@event.listens_for(Engine, "connect")
def _configure_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # we emit BEGIN ourselves
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA busy_timeout = 20000")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    reads = _read_only.get()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
    elif reads:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
