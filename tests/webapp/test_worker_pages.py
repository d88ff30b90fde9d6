"""What workers do in their pages, through HTTP."""

import html.parser
import re

import pytest
import time_machine
from sqlalchemy import select

from tests import factories as make
from tests.worlds import World
from webapp.models import (
    AuditEntry,
    DeclineReason,
    EnrolmentStatus,
    GroupState,
    Participant,
    Referral,
    ReferralStatus,
    TagKind,
    Wish,
)


def text_of(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def saved(db_session, row):
    db_session.refresh(row)
    return row


def referral_form(**changes):
    return {"availability": "always", "max_groups": "1"} | changes


def test_the_first_page_shows_what_a_proposal_rests_on(db_session, client_of, world: World):
    here = world.here
    here.other_participant.lat, here.other_participant.lon = 46.2, 6.13
    here.other_referral.max_travel_minutes = 30
    db_session.commit()
    page = text_of(client_of(here.bea).get("/caseload"))
    assert here.other_participant.short_name in page
    assert here.other_participant.last_name not in page
    assert "Son souhait n° 1" in page
    assert "4 minutes de trajet, pour 30 au plus" in page
    assert "Peut venir à 3 séances sur 3" in page
    assert "Mardi, 14 h – 16 h, 3 séances dès le 12 janvier" in page


def test_a_certificate_that_ends_before_the_group_is_to_be_renewed(
    db_session, client_of, world: World
):
    here = world.here
    tag = make.make_tag(db_session, TagKind.HOLD, "fit")
    here.group.requirements = [tag]
    make.make_certificate(db_session, here.other_participant, tag, "2027-01-01", "2027-01-20")
    db_session.commit()
    page = text_of(client_of(here.bea).get("/caseload"))
    assert "Fit fr : se termine le 20 janvier, pensez à le renouveler" in page


def test_accepting_takes_the_place(db_session, client_of, world: World):
    here = world.here
    client = client_of(here.bea)
    answer = client.post(f"/enrolments/{here.proposed.id}/answer", data={"answer": "accept"})
    assert (answer.status_code, answer.location) == (303, "/caseload")
    assert saved(db_session, here.proposed).status == EnrolmentStatus.CONFIRMED
    assert "La place est confirmée" in text_of(client.get("/caseload"))


def test_declining_asks_for_a_reason_in_place(db_session, client_of, world: World):
    here = world.here
    client = client_of(here.bea)
    url = f"/enrolments/{here.proposed.id}/answer"
    answer = client.post(url, data={"answer": "decline"})
    assert answer.status_code == 422
    assert "Choisissez une raison" in text_of(answer)
    assert saved(db_session, here.proposed).status == EnrolmentStatus.PROPOSED
    assert client.post(url, data={"answer": "decline", "reason": "not_mobile"}).status_code == 303
    assert saved(db_session, here.proposed).decline_reason == DeclineReason.NOT_MOBILE


def test_the_last_place_gone_leads_to_a_page_with_near_groups(db_session, client_of, world: World):
    here = world.here
    here.group.capacity = 1
    near = make.make_group(db_session, here.period, here.measure, here.group.venue)
    make.make_group(
        db_session, here.period, here.measure, here.group.venue, capacity=1, taken=1, name="Plein"
    )
    db_session.commit()
    client = client_of(here.bea)
    answer = client.post(
        f"/enrolments/{here.proposed.id}/answer",
        data={"answer": "accept"},
        follow_redirects=True,
    )
    page = text_of(answer)
    assert "Cette place vient d’être prise" in page
    assert "Un groupe proche en a encore." in page
    assert near.name in page
    assert "Plein" not in page
    assert saved(db_session, here.proposed).status == EnrolmentStatus.WAITING


def test_a_worker_without_people_sees_the_first_steps(db_session, client_of, world: World):
    new = make.make_account(db_session, world.here.bob.role, world.here.territory)
    db_session.commit()
    page = text_of(client_of(new).get("/caseload"))
    assert "Ajouter une personne" in page
    assert "Où en est chacun·e" not in page


def test_a_new_person_gets_a_reference_and_leads_to_their_wishes(
    db_session, client_of, world: World
):
    tag = make.make_tag(db_session, TagKind.HOLD)
    db_session.commit()
    answer = client_of(world.here.bob).post(
        "/participants/new",
        data={
            "first_name": " Aïcha ",
            "last_name": "Traoré",
            "near": str(world.here.group.venue_id),
            "certificates-0-tag_id": str(tag.id),
            "certificates-0-valid_until": "2027-06-30",
            "certificates-1-tag_id": "",
        },
    )
    person = db_session.scalars(select(Participant).where(Participant.first_name == "Aïcha")).one()
    assert answer.location == f"/participants/{person.id}/referral"
    assert (person.worker_id, person.territory_id) == (world.here.bob.id, world.here.territory.id)
    assert re.fullmatch("[34679CDFGHJKMNPQRTVWXY]{5}", person.reference)
    assert (person.lat, person.lon) == (world.here.group.venue.lat, world.here.group.venue.lon)
    assert [row.tag for row in person.certificates] == [tag]
    trail = db_session.scalars(select(AuditEntry).where(AuditEntry.noun == "participant")).all()
    assert [(entry.action, entry.noun_id) for entry in trail] == [("create", person.id)]


def test_all_faults_of_a_person_come_at_once_and_nothing_is_lost(client_of, world: World):
    answer = client_of(world.here.bob).post(
        "/participants/new",
        data={
            "first_name": "",
            "last_name": "",
            "near": "exact",
            "lat": "46,2",
            "certificates-0-tag_id": "",
            "certificates-0-valid_from": "2027-06-30",
            "certificates-0-valid_until": "2027-01-01",
        },
    )
    page = text_of(answer)
    assert answer.status_code == 422
    for fault in (
        "Indiquez le prénom.",
        "Indiquez le nom.",
        "Indiquez la latitude et la longitude",
        "Choisissez le type de ce certificat.",
        "Un certificat se termine après son début.",
    ):
        assert fault in page
    assert 'value="2027-06-30"' in page


def test_a_line_for_a_certificate_is_added_without_javascript(client_of, world: World):
    answer = client_of(world.here.bob).post(
        "/participants/new", data={"first_name": "Zoé", "certificate_add": "1"}
    )
    page = text_of(answer)
    assert (answer.status_code, 'value="Zoé"' in page) == (200, True)
    assert 'name="certificates-0-tag_id"' in page


def test_a_name_is_searched_without_accents_and_never_stands_in_an_address(
    db_session, client_of, world: World
):
    make.make_participant(db_session, world.here.bob, first_name="Élodie", last_name="Nguyễn")
    db_session.commit()
    client = client_of(world.here.bob)
    answer = client.post("/participants/search", data={"text": "nguyen elo"})
    page = text_of(answer)
    assert answer.status_code == 200
    assert "Élodie N." in page
    assert world.here.participant.first_name not in page
    assert not re.search(r'(href|action)="[^"]*(nguyen|lodie)', page, re.IGNORECASE)
    assert "Personne ne correspond" in text_of(
        client.post("/participants/search", data={"text": "100%"})
    )


def test_participants_are_filtered_by_where_they_stand(db_session, client_of, world: World):
    make.make_participant(db_session, world.here.bob, first_name="Sansrien")
    world.here.referral.status = ReferralStatus.PLACED
    db_session.commit()
    client = client_of(world.here.bob)
    to_refer = text_of(client.get("/participants?status=to_refer"))
    placed = text_of(client.get("/participants?status=placed"))
    assert ("Sansrien" in to_refer, "Sansrien" in placed) == (True, False)
    assert (
        world.here.participant.first_name in to_refer,
        world.here.participant.first_name in placed,
    ) == (False, True)


def test_a_referral_is_written_down_as_said(db_session, client_of, world: World):
    here = world.here
    need = make.make_tag(db_session, TagKind.NEED)
    skill = make.make_tag(db_session, TagKind.SKILL)
    db_session.commit()
    answer = client_of(here.bob).post(
        f"/participants/{here.participant.id}/referral",
        data=referral_form(
            wishes=[f"g{here.placement.id}", f"m{here.measure.id}"],
            availability="windows",
            half_days=["mon-morning", "mon-afternoon", "wed-evening"],
            **{
                "windows-0-weekday": "6",
                "windows-0-start": "09:00",
                "windows-0-end": "00:00",
                "absences-0-from_on": "2027-02-15",
                "absences-0-until_on": "2027-02-21",
                "absences-1-from_on": "",
            },
            needs=[str(need.id)],
            coach_skills=[str(skill.id)],
            max_travel_minutes="30",
            max_groups="2",
            max_hours_per_week="7,5",
        ),
    )
    assert answer.status_code == 303
    referral = saved(db_session, here.referral)
    assert [(w.rank, w.measure_id, w.group_id) for w in referral.wishes] == [
        (1, None, here.placement.id),
        (2, here.measure.id, None),
    ]
    assert [(w.weekday, w.start_minute, w.end_minute) for w in referral.windows] == [
        (0, 480, 1080),
        (2, 1080, 1200),
        (6, 540, 1440),
    ]
    assert not referral.is_always_available
    assert [str(a.from_on) for a in referral.absences] == ["2027-02-15"]
    assert (referral.needs, referral.coach_skills) == ([need], [skill])
    assert (referral.max_travel_minutes, referral.max_groups) == (30, 2)
    assert referral.max_minutes_per_week == 450
    assert referral.status == ReferralStatus.PLACED


def test_opening_and_saving_a_referral_changes_nothing(db_session, client_of, world: World):
    here = world.here
    here.referral.is_always_available = False
    here.referral.windows = [
        make.make_window(weekday, start, end)
        for weekday, start, end in [(0, 500, 1210), (3, 720, 1080), (6, 0, 1440)]
    ]
    here.referral.max_minutes_per_week = 100
    here.referral.wishes = [
        Wish(rank=1, measure=here.measure, utility=55),
        Wish(rank=1, group=here.placement),
    ]
    db_session.commit()

    def stored():
        db_session.expire_all()
        row = db_session.get_one(Referral, here.referral.id)
        return (
            [(w.id, w.rank, w.utility) for w in row.wishes],
            [(w.weekday, w.start_minute, w.end_minute) for w in row.windows],
            [(a.from_on, a.until_on) for a in row.absences],
            (row.weight, row.max_groups, row.max_minutes_per_week, row.is_always_available),
        )

    before = stored()
    client = client_of(here.bob)
    url = f"/participants/{here.participant.id}/referral"
    page = client.get(url).get_data(as_text=True)
    assert client.post(url, data=posted(page)).status_code == 303
    assert stored() == before


def posted(page):
    """What a browser sends when the form of a page is submitted untouched."""

    class Reader(html.parser.HTMLParser):
        def __init__(self):
            super().__init__()
            self.sent, self.select, self.options = [], None, []

        def handle_starttag(self, tag, attributes):
            found = dict(attributes)
            if tag == "input" and found.get("name"):
                is_box = found.get("type") in {"checkbox", "radio"}
                if not is_box or "checked" in found:
                    self.sent.append((found["name"], found.get("value") or ""))
            elif tag == "select":
                self.select, self.options = found["name"], []
            elif tag == "option" and self.select:
                self.options.append((found.get("value", ""), "selected" in found))

        def handle_endtag(self, tag):
            if tag == "select" and self.select:
                chosen = [value for value, is_chosen in self.options if is_chosen]
                self.sent.append((self.select, chosen[0] if chosen else self.options[0][0]))
                self.select = None

    reader = Reader()
    main = page[page.index("<main") : page.index("</main>")]
    reader.feed(main)
    data = {}
    for name, value in reader.sent:
        data.setdefault(name, []).append(value)
    return data


def test_faults_of_a_referral_come_at_once_and_nothing_is_lost(db_session, client_of, world: World):
    here = world.here
    answer = client_of(here.bob).post(
        f"/participants/{here.participant.id}/referral",
        data=referral_form(
            wishes=[f"g{here.placement.id}"],
            availability="windows",
            max_groups="",
            max_travel_minutes="-1",
            **{
                "windows-0-weekday": "2",
                "windows-0-start": "16:00",
                "windows-0-end": "15:00",
                "absences-0-from_on": "2027-02-15",
                "absences-0-until_on": "",
            },
        ),
    )
    page = text_of(answer)
    assert answer.status_code == 422
    for fault in (
        "Cochez une demi-journée",
        "L’heure de fin vient après l’heure de début.",
        "Indiquez le premier et le dernier jour de l’absence.",
        "Indiquez combien de mesures en même temps.",
        "Entre 0 et 600 minutes.",
    ):
        assert fault in page
    assert f'name="wishes" value="g{here.placement.id}"' in page
    assert 'value="2027-02-15"' in page
    assert saved(db_session, here.referral).max_groups == 2


@pytest.mark.parametrize(
    ("pressed", "expected"),
    [
        ({"wish_up": 1}, [1, 0]),
        ({"wish_down": 0}, [1, 0]),
        ({"wish_remove": 0}, [1]),
        ({"wish_add": None}, [0, 1]),
    ],
)
def test_wishes_move_without_javascript_and_are_not_saved_yet(
    db_session, client_of, world: World, pressed, expected
):
    here = world.here
    values = [f"m{here.measure.id}", f"g{here.placement.id}"]
    [(button, index)] = pressed.items()
    data = referral_form(wishes=values, **{button: "1" if index is None else values[index]})
    answer = client_of(here.bob).post(f"/participants/{here.participant.id}/referral", data=data)
    shown = re.findall(r'name="wishes" value="(\w+)"', answer.get_data(as_text=True))
    assert (answer.status_code, shown) == (200, [values[i] for i in expected])
    assert len(saved(db_session, here.referral).wishes) == 1


def test_only_coordinators_set_the_weight(db_session, client_of, world: World):
    here = world.here
    url = f"/participants/{here.participant.id}/referral"
    data = referral_form(weight="5")
    assert 'name="weight"' not in client_of(here.bob).get(url).get_data(as_text=True)
    assert client_of(here.bob).post(url, data=data).status_code == 303
    assert saved(db_session, here.referral).weight == 1
    assert client_of(here.alice).post(url, data=data).status_code == 303
    assert saved(db_session, here.referral).weight == 5


def test_a_wish_of_another_territory_is_refused(db_session, client_of, world: World):
    answer = client_of(world.here.bob).post(
        f"/participants/{world.here.participant.id}/referral",
        data=referral_form(wishes=[f"g{world.there.group.id}"]),
    )
    assert answer.status_code == 422
    assert world.there.group.name not in text_of(answer)


def test_the_preview_says_what_the_choices_open(db_session, client_of, world: World):
    here = world.here
    client = client_of(here.bob)
    url = f"/participants/{here.participant.id}/referral/preview"
    data = referral_form(wishes=[f"m{here.measure.id}"])
    assert "1 groupe possible" in text_of(client.post(url, data=data))
    data |= {"availability": "windows", "half_days": ["mon-morning"]}
    page = text_of(client.post(url, data=data))
    assert re.search("0 groupes? possible", page)
    assert "Peut venir à 0 séance sur 3" in page
    assert saved(db_session, here.referral).is_always_available


def test_the_directory_is_searched_and_leads_to_a_wish(db_session, client_of, world: World):
    here = world.here
    client = client_of(here.bob)
    assert here.group.name in text_of(client.get("/offer"))
    assert here.group.name in text_of(client.get(f"/offer?text={here.partner.name}"))
    assert here.group.name not in text_of(client.get("/offer?kind=placement"))
    assert here.placement.name in text_of(client.get("/offer?kind=placement&weekday=1"))
    assert here.group.name not in text_of(client.get("/offer?weekday=0"))
    answer = client.post(
        f"/offer/{here.placement.id}/wish", data={"participant_id": here.participant.id}
    )
    page = client.get(answer.location).get_data(as_text=True)
    assert f'name="wishes" value="g{here.placement.id}"' in page


def test_handing_over_loses_nothing(db_session, client_of, world: World):
    here = world.here
    answer = client_of(here.alice).post(
        f"/participants/{here.participant.id}/hand-over", data={"worker_id": here.bea.id}
    )
    assert answer.status_code == 303
    assert saved(db_session, here.participant).worker_id == here.bea.id
    url = f"/participants/{here.participant.id}"
    assert here.group.name in text_of(client_of(here.bea).get(url))
    assert client_of(here.bob).get(url).status_code == 404
    entry = db_session.scalars(select(AuditEntry).where(AuditEntry.action == "hand_over")).one()
    assert entry.detail == {"from_id": here.bob.id, "to_id": here.bea.id}


def test_the_timetable_lists_the_sessions_by_their_neutral_names(client_of, world: World):
    with time_machine.travel("2027-01-13T12:00:00Z", tick=False):
        client = client_of(world.here.bob)
        page = text_of(client.get(f"/participants/{world.here.participant.id}/timetable"))
    assert "4 séances à venir" in page
    assert "Mardi 19 janvier" in page
    assert "Mardi 12 janvier" not in page
    assert world.here.measure.name not in page
    assert world.here.participant.last_name not in page


def test_a_closed_referral_can_be_opened_again(db_session, client_of, world: World):
    here = world.here
    client = client_of(here.bob)
    url = f"/participants/{here.participant.id}/referral"
    client.post(f"{url}/close")
    assert saved(db_session, here.referral).status == ReferralStatus.CLOSED
    client.post(f"{url}/reopen")
    assert saved(db_session, here.referral).status == ReferralStatus.PLACED


def test_a_coordinator_enrols_at_once_and_a_full_group_says_so(db_session, client_of, world: World):
    here = world.here
    client = client_of(here.alice)
    url = f"/enrolments/of/{here.other_participant.id}"
    person = f"/participants/{here.other_participant.id}"
    assert here.placement.name in text_of(client.get(person))
    answer = client.post(url, data={"group_id": here.placement.id})
    assert (answer.status_code, answer.location) == (303, person)
    assert saved(db_session, here.placement).taken == 2
    here.placement.capacity = 3
    db_session.commit()
    page = text_of(client.post(url, data={"group_id": here.placement.id}, follow_redirects=True))
    assert "Cette personne est déjà dans ce groupe." in page
    assert saved(db_session, here.placement).taken == 2
    here.group.capacity = here.group.taken
    db_session.commit()
    page = text_of(client.post(url, data={"group_id": here.group.id}, follow_redirects=True))
    assert "Ce groupe vient de se remplir" in page
    assert client.post(url, data={"group_id": world.there.group.id}).status_code == 404


def test_a_group_called_off_is_named_without_a_link_that_leads_nowhere(
    db_session, client_of, world: World
):
    here = world.here
    bob, path = client_of(here.bob), f"/participants/{here.participant.id}"
    link = f'href="/offer/{here.group.id}"'
    assert link in bob.get(path).text
    here.group.state = GroupState.CANCELLED
    db_session.commit()
    page = bob.get(path).text
    assert here.group.name in page
    assert link not in page


def test_a_place_is_given_back_from_the_page_of_the_person(db_session, client_of, world: World):
    here = world.here
    answer = client_of(here.bob).post(f"/enrolments/{here.confirmed.id}/withdraw")
    assert answer.status_code == 303
    assert saved(db_session, here.group).taken == 0
