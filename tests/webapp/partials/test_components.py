"""Every macro of webapp/templates/_partials but those of forms and of the shell."""

import re
from datetime import date, datetime, time
from enum import Enum
from types import SimpleNamespace

import pytest
from markupsafe import Markup

from tests.webapp.partials.rendering import WEBAPP, Render, words

TIER = {
    "proven": SimpleNamespace(value=52, bound=52, proven=True),
    "near": SimpleNamespace(value=1284, bound=1280, proven=False),
    "known": SimpleNamespace(value=7, bound=7, proven=False),
    "profile": SimpleNamespace(value=(41, 15), bound=(42, 15), proven=False),
    "unbounded": SimpleNamespace(value=7, bound=None, proven=False),
    "far": SimpleNamespace(value=4143, bound=0, proven=False),
    "later": SimpleNamespace(value=None, bound=None, proven=False),
}


class Status(Enum):
    WAITING = "waiting"


@pytest.mark.parametrize(
    ("code", "of", "label"),
    [
        ("proposed", "enrolment", "Proposée"),
        ("confirmed", "enrolment", "Confirmée"),
        ("ongoing", "enrolment", "En cours"),
        ("finished", "enrolment", "Terminée"),
        ("declined", "enrolment", "Déclinée"),
        ("waiting", "enrolment", "Sur liste d’attente"),
        ("cancelled", "enrolment", "Annulée"),
        ("interrupted", "enrolment", "Interrompue"),
        ("to_refer", "referral", "À orienter"),
        ("proposed", "referral", "Proposée"),
        ("placed", "referral", "Placée"),
        ("waiting", "referral", "En attente"),
        ("closed", "referral", "Close"),
    ],
)
def test_a_pill_says_its_status(render: Render, code: str, of: str, label: str) -> None:
    assert words(render("pill.pill", code, of)) == label


def test_a_pill_takes_an_enum_member(render: Render) -> None:
    assert words(render("pill.pill", Status.WAITING)) == "Sur liste d’attente"


def test_states_that_are_not_pills_have_their_words(render: Render) -> None:
    assert words(render("pill.group_state", "draft")) == "Brouillon"
    assert words(render("pill.group_state", "published")) == "Publié"
    assert words(render("pill.group_state", "cancelled")) == "Annulé"
    said = [
        words(render("pill.attendance_state", code))
        for code in ("unrecorded", "present", "excused", "unexcused", "cancelled")
    ]
    assert said == [
        "À renseigner",
        "Présent·e",
        "Absence excusée",
        "Absence non excusée",
        "Annulée (par le service)",
    ]


def test_tags_escape_what_they_show(render: Render) -> None:
    assert "&lt;b&gt;" in render("pill.tag", "<b>", "language")
    assert (
        render("pill.tags", ["Petit groupe", ("wheelchair", "Lieu sans marche")]).count("<li") == 2
    )


@pytest.mark.parametrize(
    ("places", "cells", "said"),
    [
        (
            (4, 2, 8, 4),
            {"taken": 4, "proposed": 2, "free": 2},
            "6 / 8 , minimum 4 , dont 2 proposées",
        ),
        ((7, 1, 8, 4), {"taken": 7, "proposed": 1}, "dont 1 proposée Complet"),
        ((1, 1, 6, 4), {"taken": 1, "proposed": 1, "free": 4}, "Sous le minimum"),
        ((0, 0, 8, 4), {"free": 8}, "0 / 8 , minimum 4"),
        ((9, 0, 8, 4), {"taken": 8, "over": 1}, "9 / 8 , minimum 4 Au-delà des places"),
        ((7, 3, 8, 4), {"taken": 7, "proposed": 1, "over": 2}, "10 / 8"),
        ((3, 0, 4, 1), {"taken": 3, "free": 1}, "3 / 4"),
        ((20, 5, 40, None), {"taken": 1, "proposed": 1, "free": 1}, "25 / 40"),
        ((0, 0, 0, None), {}, "0 / 0"),
    ],
)
def test_a_fill_draws_its_places(
    render: Render, places: tuple[int, ...], cells: dict[str, int], said: str
) -> None:
    html = render("fill.fill", *places)
    kinds = re.findall(r'class="cr-fill-(taken|proposed|over|free)"', html)
    assert {kind: kinds.count(kind) for kind in kinds} == cells
    assert said in words(html)
    assert ("cr-fill-min" in html) == (places[3] is not None and places[3] > 1)


def test_an_overfull_group_says_who_decided(render: Render) -> None:
    assert "Décidé par H. Aubry" in render("fill.fill", 9, 0, 8, 4, note="Décidé par H. Aubry")
    assert words(render("fill.fill_legend")) == "Confirmées Proposées Libres Minimum"


@pytest.mark.parametrize(
    ("tier", "said"),
    [
        ("proven", "Optimal prouvé"),
        ("near", "À 0,4 % au plus du meilleur possible"),
        ("known", "Le meilleur possible si les étapes précédentes le sont"),
        ("profile", "Pas encore prouvé"),
        ("unbounded", "Pas encore prouvé"),
        ("far", "Pas encore prouvé"),
        ("later", "Pas encore cherché"),
    ],
)
def test_a_proof_claims_only_what_is_known(render: Render, tier: str, said: str) -> None:
    assert words(render("plan.proof", TIER[tier])) == said


def test_tiers_group_thousands_with_a_space_the_font_has(render: Render) -> None:
    html = render(
        "plan.tiers",
        [{"title": "Trajets", "shown": 1284, "unit": "min", "text": None, "tier": TIER["near"]}],
    )
    assert "1\u00a0284" in html


def test_steps_draw_a_curve_while_a_tier_runs(render: Render) -> None:
    html = render(
        "plan.steps",
        [
            {
                "title": "Personnes placées",
                "state": "done",
                "text": "52 sur 58",
                "tier": TIER["proven"],
            },
            {
                "title": "Souhaits",
                "state": "now",
                "tier": TIER["near"],
                "points": [(0, 10, 30), (5.4, 20, 25)],
                "unit": "points",
            },
            {"title": "Trajets", "state": "later"},
        ],
    )
    assert 'd="M0.0 150.0H380.0V80.0"' in html  # the best value rises
    assert 'd="M0.0 10.0H380.0V45.0"' in html  # its bound falls
    assert 'd="M0.0 150.0H380.0V80.0V45.0V10.0H0.0Z"' in html
    assert "Meilleur plan trouvé : 20" in words(html)


def test_a_page_head_fills_its_first_action_only(render: Render) -> None:
    html = render(
        "page.pagehead",
        "Planification",
        "52 personnes sur 58.",
        [{"label": "Publier", "url": "/p"}, {"label": "Refaire", "url": "/r", "icon": "refresh"}],
        back={"label": "Toutes", "url": "/all"},
        above="Lundi",
        body="et plus",
    )
    assert html.count("btn-primary") == 1
    assert html.index("btn-primary") < html.index("Publier") < html.index("btn-secondary")
    assert words(html) == "Toutes Lundi Planification 52 personnes sur 58. Publier Refaire et plus"


def test_small_page_parts_show_their_text(render: Render) -> None:
    assert words(render("page.sectionhead", "Groupes", "g", aside="3")) == "Groupes 3"
    assert words(render("page.sectionhead", "Groupes", "g", body="Ajouter")) == "Groupes Ajouter"
    assert words(render("page.card", "En bref", "c", sunken=True, body="Texte")) == "En bref Texte"
    assert words(render("page.facts", [("Places", 86)])) == "Places 86"
    assert words(render("page.meta", ["Jeudi", ("walk", "18 min")])) == "Jeudi 18 min"
    assert words(render("person.who", "Fatou S.", "P3WR")) == "Fatou S. réf. P3WR"
    assert words(render("figures.figures", [("places", 1284)], wide=True)) == "places 1 284"
    assert (
        words(render("board.measure_head", "Art-thérapie", "m", "3 groupes"))
        == "Art-thérapie 3 groupes"
    )
    assert "6 / 8" in words(render("board.group_row", "Terre", "/g", ["Jeudi"], (4, 2, 8, 4)))
    waiting = render("board.waiting_person", "Zoé L.", "6FKU", 66, "Théâtre", "Complet", "/why")
    assert "66 jours d’attente" in words(waiting)


def test_a_todo_leads_to_its_cure(render: Render) -> None:
    html = render(
        "todo.todo",
        [
            {
                "title": "4 propositions expirent",
                "text": "Mercredi",
                "icon": "clock",
                "urgency": "now",
                "action": {"label": "Relancer", "url": "/remind"},
            },
            {"title": "Rien", "text": None, "icon": "clock", "urgency": None, "action": None},
        ],
    )
    assert html.count("is-now") == 1
    assert 'href="/remind"' in html


def test_buttons_that_post_carry_a_token(render: Render) -> None:
    html = render(
        "button.post_button", "Révoquer", "/revoke", "ban", name="a", value="b", about="Tél."
    )
    assert re.search(r'name="csrf_token" value="\S+"', html)
    assert words(html) == "Révoquer Tél."


def test_a_proposal_line_presses_the_decision_taken(render: Render) -> None:
    def pressed(decision: str | None) -> list[str]:
        html = render(
            "proposal.proposal_line",
            "line-1",
            "Leïla N.",
            "U5HT",
            ["nouvelle"],
            decision,
            "/d",
            ["sums"],
        )
        assert 'data-hx-select-oob="#toasts:innerHTML,#sums"' in html
        return re.findall(r'value="(\w+)"(?: class="is-out")? aria-pressed="true"', html)

    assert [pressed(d) for d in (None, "accepted", "pinned", "ruled_out")] == [
        [],
        ["accept"],
        ["pin"],
        ["rule_out"],
    ]
    block = render("proposal.group_block", "g1", "Terre", ["Jeudi"], (4, 3, 8, 4), body="lignes")
    assert words(block).endswith("lignes")


def test_reasons_end_with_what_would_change_them(render: Render) -> None:
    html = render(
        "reasons.reasons",
        "Yannick T.",
        "4MZ8",
        "attend depuis 94 jours",
        [{"title": "Souhait n° 1", "reasons": ["Complet.", ("walk", "À 35 minutes.")]}],
        ["une place de plus le mardi"],
        is_open=True,
    )
    assert " open>" in html
    assert words(html).endswith("Ce qui lui donnerait une place une place de plus le mardi")


def test_an_availability_grid_ticks_the_chosen_half_days(render: Render) -> None:
    html = render("availability.availability_grid", "free", ["mon-morning", "sat-evening"])
    assert html.count('type="checkbox"') == 18
    assert re.findall(r'value="(\S+)" checked', html) == ["mon-morning", "sat-evening"]


def test_the_first_wish_cannot_rise_and_the_last_cannot_fall(render: Render) -> None:
    items = [{"value": f"m{n}", "title": f"Mesure {n}", "text": None} for n in (1, 2, 3)]
    html = render("wish.wishes", items)
    disabled = re.findall(r'name="(wish_\w+)" value="(\w+)" aria-label="[^"]*" disabled', html)
    assert disabled == [("wish_up", "m1"), ("wish_down", "m3")]
    assert re.findall(r'type="hidden" name="wishes" value="(\w+)"', html) == ["m1", "m2", "m3"]


def test_a_chip_holds_its_box(render: Render) -> None:
    assert 'type="radio" name="why" value="other" checked' in render(
        "chip.chip", "why", "other", "Autre", kind="radio", checked=True
    )


def test_notices_speak_up_only_when_something_is_wrong(render: Render) -> None:
    assert 'role="alert"' in render("notice.notice", "Cette place vient d’être prise.", "bad")
    assert 'role="alert"' not in render("notice.notice", "Publié.", "good")
    assert "Annuler" in render("notice.notice", "Publié.", body="Annuler")
    assert "Acceptée" in render("notice.toast", "Acceptée")
    assert "/new" in render(
        "notice.empty", "Aucun groupe", "Bientôt.", {"label": "Créer", "url": "/new"}
    )


def test_a_table_names_every_column(render: Render) -> None:
    html = render(
        "table.table", "Groupes", ["Nom", ("Places", "w-25"), ""], body=Markup("<tr></tr>")
    )
    assert words(html) == "Groupes Nom Places Actions"
    assert html.count('scope="col"') == 3


def test_pages_link_to_their_neighbours(render: Render) -> None:
    html = render("table.pagination", 2, 3, "participants", q="a b")
    assert re.findall(r'<a [^>]*href="([^"]*)"', html) == [
        "/list?page=1&amp;q=a+b",
        "/list?page=3&amp;q=a+b",
    ]
    assert render("table.pagination", 1, 1, "participants").strip() == ""
    tabs = render(
        "table.tabs", [{"label": "Semaine", "url": "/w", "is_current": True}], "Affichage"
    )
    assert 'aria-current="page"' in tabs


def test_an_offer_can_be_accepted_or_declined_with_a_reason(render: Render) -> None:
    html = render(
        "offer.offer",
        "offer-1",
        "Fatou S.",
        "P3WR",
        "Art-thérapie",
        [("calendar", "Jeudi")],
        ["Son souhait n° 1", ("alert-triangle", "Certificat à renouveler")],
        "/answer",
        [("unreachable", "Non joignable"), ("other", "Autre")],
        deadline="Réponse avant mercredi",
        error="Choisissez une raison.",
    )
    assert re.findall(r'name="answer" value="(\w+)"', html) == ["accept", "decline"]
    assert re.findall(r'name="reason" value="(\w+)"', html) == ["unreachable", "other"]
    assert 'class="cr-more" open' in html
    assert html.count("is-note") == 1


def test_attendance_is_not_chosen_beforehand(render: Render) -> None:
    html = render("attendance.segmented", "p1", "Hugo S.", "unrecorded", "Lieu sans marche")
    assert " checked" not in html
    assert "À renseigner" in html
    assert re.findall(
        r'value="(\w+)" checked', render("attendance.segmented", "p1", "H.", "excused")
    ) == ["excused"]
    assert "Enregistrer" in render("attendance.savebar", "6 sur 7", body="Enregistrer")


@pytest.mark.parametrize("state", ["good", "stale", "new", "off"])
def test_a_feed_says_how_it_is(render: Render, state: str) -> None:
    html = render(
        "feed.feed_card", "Téléphone", "Tous", "sans nom", state, "Lu hier", "Note", "/revoke"
    )
    assert words(html) == "Téléphone Tous · sans nom Lu hier Note Révoquer Téléphone"


def test_a_link_is_shown_with_its_code(render: Render) -> None:
    html = render(
        "feed.link_once", "Tablette", "https://a/f.ics", "webcal://a/f.ics", Markup("<svg/>")
    )
    assert all(part in html for part in ("https://a/f.ics", "webcal://a/f.ics", "<svg/>"))


def test_the_first_step_not_done_is_the_one_to_take(render: Render) -> None:
    steps = [
        {
            "title": title,
            "text": "",
            "is_done": done,
            "action": {"label": "Aller", "url": "/" + title},
        }
        for title, done in (("a", True), ("b", False), ("c", False))
    ]
    html = render("first_steps.first_steps", steps)
    assert re.findall(r'<li(?: class="is-(\w+)")?>', html) == ["done", "now", ""]
    assert html.count("btn-primary") == 1


def test_a_week_places_its_slots_on_quarters(render: Render) -> None:
    days = [date(2027, 1, 18 + n) for n in range(5)]
    slots = [
        SimpleNamespace(
            starts_at=datetime(2027, 1, 18, 7, 40),
            ends_at=datetime(2027, 1, 18, 9, 0),
            title="Nettoyage",
            note="2 personnes",
            url="/s/1",
            state="published",
        ),
        SimpleNamespace(
            starts_at=datetime(2027, 1, 19, 17, 0),
            ends_at=datetime(2027, 1, 19, 19, 30),
            title="Écriture",
            note="salle fermée",
            url=None,
            state="cancelled",
        ),
    ]
    html = render("calendar.calendar_week", days, slots, today=days[1])
    assert "cr-cal-first-07" in html
    assert "cr-from-0730 cr-for-90" in html
    assert "cr-from-1700 cr-for-150" in html
    assert "<span>19 h</span>" in html.replace("\u00a0", " ")
    assert "Mardi 19, aujourd’hui" in words(html)
    assert "Annulée : salle fermée" in words(html)
    assert words(html).count("Aucune séance") == 3
    classes = (WEBAPP / "static/css/calendar_times.css").read_text()
    for name in set(re.findall(r"cr-(?:from|for|cal-first)-\d+", html)):
        assert f".{name} {{" in classes


def test_times_are_written_the_french_way(render: Render) -> None:
    assert words(render("when.time_range", time(9, 30), time(11, 0))) == "9 h 30 – 11 h"
    assert words(render("when.long_date", date(2027, 1, 19))) == "mardi 19 janvier"
