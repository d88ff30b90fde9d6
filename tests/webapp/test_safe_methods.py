from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Connection, select

from tests.webapp.matrix import ACTORS, MATRIX
from tests.webapp.test_matrix import GUARDED, ask
from tests.worlds import World
from webapp.extensions import db

SAFE = [route for route in GUARDED if route.values[1] == "GET"]


def everything(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    return {
        table.name: [tuple(row) for row in connection.execute(select(table))]
        for table in db.metadata.sorted_tables
    }


@pytest.mark.parametrize(("endpoint", "method"), SAFE)
def test_looking_at_a_page_changes_nothing(
    app: Flask, client_of, connection: Connection, world: World, endpoint, method
):
    actors = [actor for actor in ACTORS if actor in MATRIX[endpoint].actors.split()]
    clients = [client_of(getattr(world.here, actor)) for actor in actors]
    before = everything(connection)
    for client in clients:
        assert ask(app, client, endpoint, method, world.here).status_code < 400
    assert everything(connection) == before
