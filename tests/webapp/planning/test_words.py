"""Each rule in words, with its numbers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from scheduler.problem import Group, Hold, Horizon, Participant, Problem, Quota, Slot
from webapp.planning.names import Names
from webapp.planning.words import _Words

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def _french(app: Flask):
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        yield


def group(id_: str, day: int, hour: int = 14, **values) -> Group:
    """A group of four weekly slots from that day of January 2027 on."""
    first = datetime(2027, 1, day, hour)
    slots = [first + timedelta(weeks=week) for week in range(4)]
    return Group(
        **{
            "id": id_,
            "measure": "m1",
            "venue": None,
            "capacity": 8,
            "min_size": 0,
            "slots": tuple(Slot(start, start + timedelta(hours=2)) for start in slots),
        }
        | values
    )


TUESDAY, THURSDAY, FRIDAY = (group("g1", 12), group("g2", 14), group("g3", 15))
NAMES = Names(
    groups={"g1": "Terre", "g2": "Collage", "g3": "Encre"},
    measures={"m1": "Art-thérapie"},
    tags={"t1": "certificat d’aptitude", "t2": "sans marche", "t3": "60 ans et plus"},
    people={},
    coaches={},
)


def words(
    *groups: Group, person: Participant | None = None, quotas: tuple[Quota, ...] = (), **solution
) -> _Words:
    problem = Problem(
        "p",
        Horizon(date(2027, 1, 11), date(2027, 4, 4), "Europe/Zurich"),
        groups=groups or (TUESDAY, THURSDAY, FRIDAY),
        participants=(person or Participant("p1", 1),),
        quotas=quotas,
    )
    return _Words(problem, {"assignments": [], "unplaced": [], **solution}, NAMES)


def told(*reasons: tuple[str, dict]) -> dict:
    return {
        "measure": "m1",
        "rank": 1,
        "groups": [{"group": id_, "reasons": [reason]} for id_, reason in reasons],
    }


def explain(*reasons: tuple[str, dict], person: Participant | None = None, **more) -> str:
    person = person or Participant("p1", 1)
    row = {"participant": "p1", "wishes": [told(*reasons)]}
    return words(person=person, **more).of(row).summary.replace(NBSP, " ")


def test_groups_that_fail_for_one_reason_are_told_together():
    assert (
        explain(
            ("g1", {"rule": "H1", "capacity": 8}),
            ("g2", {"rule": "R4", "minutes": 35, "max": 30}),
            ("g3", {"rule": "R4", "minutes": 41, "max": 30}),
        )
        == "2 groupes « Art-thérapie » sont à plus de 30 minutes (le plus proche à 35) ; "
        "celui du mardi est complet (8 places)."
    )


def test_no_group_near_enough():
    far = {"rule": "R4", "max": 30}
    text = explain(("g1", far | {"minutes": 35}), ("g2", far | {"minutes": 41}))
    assert text == (
        "Aucun groupe « Art-thérapie » à moins de 30 minutes (le plus proche est à 35)."
    )


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ({"rule": "R2", "tag": "t1"}, "demande « certificat d’aptitude »."),
        ({"rule": "R3", "tag": "t2"}, "n’offre pas « sans marche »."),
        ({"rule": "R4", "minutes": 35, "max": 30}, "est à 35 minutes, pour une limite de 30."),
        (
            {"rule": "R5", "attendable": 1, "needed": 3},
            "a 4 séances ; sa semaine permet d’en suivre 1, il en faut 3.",
        ),
        ({"rule": "R6"}, "a déjà été décliné ou écarté."),
        ({"rule": "H1", "capacity": 1}, "est complet (1 place)."),
        (
            {"rule": "H2", "min_size": 6, "people": 1},
            "n’ouvre pas : il y faut 6 personnes.",
        ),
        (
            {"rule": "H6", "minutes": 240, "max": 120},
            "prend 240 minutes par semaine, pour une limite de 120.",
        ),
        ({"rule": "H7"}, "n’a pas de job coach aux heures où la personne peut y être."),
        ({"rule": "H8"}, "n’a plus de job coach : les files actives sont pleines."),
        ({"rule": "H9"}, "n’a plus de job coach : les heures de visite sont toutes prises."),
        (
            {"rule": "H10"},
            "n’a plus de job coach : ces demi-journées sont prises dans d’autres lieux.",
        ),
        (
            {"rule": "H11", "participant": "p2"},
            "accueille une personne dont elle doit rester séparée.",
        ),
    ],
)
def test_each_rule_says_its_numbers(reason, text):
    assert explain(("g1", reason)) == f"Le groupe « Art-thérapie » {text}"


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (
            {"rule": "H3", "max_groups": 0},
            "L’orientation ne demande aucun groupe (0 au plus).",
        ),
        (
            {"rule": "H12"},
            "La personne doit être placée avec une autre, dans les mêmes groupes.",
        ),
    ],
)
def test_rules_on_the_person_do_not_blame_the_group(reason, text):
    assert explain(("g1", reason)) == text


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("t3", "compte dans un quota de 8 places « 60 ans et plus », déjà prises."),
        (None, "compte dans un quota de 8 places, déjà prises."),
    ],
)
def test_a_quota_says_whom_it_counts(tag, text):
    quotas = (Quota(("g1", "g2"), tag, 8),)
    reason = {"rule": "H13", "quota": 0, "max": 8}
    assert explain(("g1", reason), quotas=quotas) == f"Le groupe « Art-thérapie » {text}"


def test_a_certificate_that_ends_too_early_is_said_with_its_date():
    person = Participant("p1", 1, holds=(Hold("t1", None, date(2027, 1, 20)),))
    assert explain(("g1", {"rule": "R2", "tag": "t1"}), person=person) == (
        "Le groupe « Art-thérapie » demande « certificat d’aptitude » jusqu’au 2 février ; "
        "sa validité se termine le 20 janvier."
    )


def test_groups_of_one_weekday_are_told_apart_by_hour_then_by_name():
    later = group("g2", 12, hour=18)
    third = group("g3", 12)
    full = {"rule": "H1", "capacity": 8}
    far = {"rule": "R4", "minutes": 35, "max": 30}
    banned = {"rule": "R6"}
    text = words(TUESDAY, later, third).answer(
        Participant("p1", 1), told(("g2", full), ("g1", far), ("g3", banned))
    )
    assert [reason.replace(NBSP, " ") for _icon, reason in text.reasons] == [
        "le groupe « Art-thérapie » du mardi à 18 h est complet (8 places)",
        "le groupe « Terre » est à 35 minutes, pour une limite de 30",
        "le groupe « Encre » a déjà été décliné ou écarté",
    ]


def test_nobody_is_left_without_a_word():
    row = {"participant": "p1", "wishes": []}
    assert words().of(row).summary == "Aucun souhait n’est noté dans l’orientation."
    empty = {"measure": "m1", "rank": 1, "groups": []}
    answer = words().answer(Participant("p1", 1), empty)
    assert answer.reasons[0][1].replace(NBSP, " ") == "aucun groupe « Art-thérapie » n’est publié"


def test_summary_of_a_large_solution_counts_groups_by_rule():
    wish = {"measure": "m1", "rank": 1, "summary": {"R4": 12, "H1": 3}}
    (reason,) = words().answer(Participant("p1", 1), wish).reasons
    assert reason[1].replace(NBSP, " ") == (
        "groupes « Art-thérapie » écartés (12 : trop de trajet, 3 : complet)"
    )


def changes(*reasons: tuple[str, dict], **more) -> list[str]:
    row = {"participant": "p1", "wishes": [told(*reasons)]}
    return [text.replace(NBSP, " ") for text in words(**more).of(row).changes]


def test_what_would_give_a_place_is_said():
    assert changes(
        ("g1", {"rule": "H1", "capacity": 8}), ("g2", {"rule": "R4", "minutes": 35, "max": 30})
    ) == [
        "une place de plus dans le groupe « Art-thérapie » du mardi",
        "accepter 5 minutes de trajet de plus, pour le groupe « Art-thérapie » du jeudi",
    ]


def test_a_shorter_way_is_no_promise_where_the_group_is_full():
    far = ("g1", {"rule": "R4", "minutes": 35, "max": 30})
    members = [{"participant": f"q{n}", "group": "g1"} for n in range(8)]
    assert changes(far, assignments=members) == []
    assert changes(far, assignments=members[:7]) != []
