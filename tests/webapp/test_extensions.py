"""On an engine of its own: the other tests share one transaction that may write."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from webapp.extensions import read_only


@pytest.fixture
def engine(app, database_url: str):
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


def test_a_transaction_begun_for_reading_cannot_write(engine: Engine):
    with read_only(), engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("DELETE FROM sign_in"))


def test_the_next_transaction_of_the_same_connection_may_write_again(engine: Engine):
    with engine.connect() as connection:
        with read_only(), connection.begin():
            connection.execute(text("SELECT 1"))
        with connection.begin() as transaction:
            connection.execute(text("DELETE FROM sign_in"))
            transaction.rollback()


def test_what_a_statement_was_given_is_not_in_its_error(app, connection, db_session, world):
    person = world.here.participant
    person.first_name, person.lat, person.lon = "CanariJaune", 46.2, None
    with pytest.raises(DBAPIError) as caught:
        db_session.flush()
    assert "UPDATE participant" in str(caught.value)
    assert "[parameters" not in str(caught.value)
