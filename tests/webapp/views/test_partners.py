import pytest

from tests import factories as make
from tests.worlds import Land, World
from webapp.models import GroupState


@pytest.fixture
def here(world: World, db_session) -> Land:
    here = world.here
    here.partner.name, here.other_partner.name = "Le Trait Libre", "Atelier Mécanique"
    here.group.venue.name, here.measure.name = "Les Tilleuls", "Art-thérapie"
    world.there.partner.name = "Ailleurs"
    db_session.commit()
    return here


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {"Le Trait Libre", "Atelier Mécanique"}),
        ("trait", {"Le Trait Libre"}),
        ("tilleuls", {"Le Trait Libre"}),
        ("art-thérapie libre", {"Le Trait Libre"}),
        ("mécanique tilleuls", set()),
        ("ailleurs", set()),
        ("%", {"Le Trait Libre", "Atelier Mécanique"}),
    ],
)
def test_the_directory_is_searched_by_name_venue_and_measure(client_of, here: Land, text, found):
    page = client_of(here.alice).get("/partners", query_string={"q": text}).text
    names = {"Le Trait Libre", "Atelier Mécanique", "Ailleurs"}
    assert {name for name in names if f">{name}</a>" in page} == found


def test_the_directory_counts_the_places_of_published_groups(client_of, db_session, here: Land):
    make.make_group(
        db_session, here.period, here.measure, here.group.venue, state=GroupState.DRAFT, capacity=50
    )
    db_session.commit()
    page = client_of(here.alice).get("/partners").text
    assert "2 places prises sur 10" in page


def test_a_partner_is_shown_with_its_groups_and_what_is_proposed(client_of, db_session, here: Land):
    draft = make.make_group(
        db_session, here.period, here.measure, here.group.venue, state=GroupState.DRAFT
    )
    db_session.commit()
    page = client_of(here.alice).get(f"/partners/{here.partner.id}").text
    assert here.group.name in page
    assert draft.name not in page
    assert "dont 1 proposée" in page
