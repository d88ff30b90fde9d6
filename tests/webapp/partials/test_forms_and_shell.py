"""The macros of forms, and what stands around every page."""

import re
from types import SimpleNamespace
from typing import Any

from flask import Flask, flash, render_template, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    TimeField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from tests.webapp.partials.rendering import WEBAPP, Render, words


class Inner(Form):
    day = DateField("Jour", [InputRequired("Indiquez le jour.")])


class EveryField(Form):
    secret = HiddenField()
    name = StringField("Nom", [InputRequired("Indiquez un nom.")], description="Celui de l’affiche")
    word = PasswordField("Mot de passe")
    text = TextAreaField("Texte")
    seats = IntegerField("Places")
    begins_on = DateField("Début")
    begins_at = TimeField("De")
    paper = FileField("Fichier")
    measure = SelectField("Mesure", choices=[SelectChoice("a", "Art"), SelectChoice("b", "Récit")])
    venues = SelectMultipleField("Lieux", choices=[SelectChoice("x", "X")])
    needs = SelectMultipleField(
        "Besoins",
        choices=[SelectChoice("step", "Sans marche"), SelectChoice("small", "Petit groupe")],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    reason = RadioField(
        "Raison", [InputRequired("Choisissez une raison.")], choices=[SelectChoice("o", "Autre")]
    )
    remind = BooleanField("Rappeler")
    inner = FormField(Inner, "Séance")
    more = FieldList(StringField("Date"), "Dates", min_entries=2)
    save = SubmitField("Enregistrer")


def test_every_type_of_field_is_labelled(render: Render) -> None:
    form = EveryField(MultiDict({"needs": "small", "measure": "b"}))
    html = "".join(render("forms.field", f) for f in form)
    ids = re.findall(r'<(?:input|select|textarea)\b[^>]*?\bid="([^"]+)"', html)
    assert len(ids) == 18
    for control in set(ids) - {"secret", "save", "needs-0", "needs-1", "reason-0"}:
        assert f'for="{control}"' in html, control
    assert html.count('class="cr-chip"') == 3
    assert html.count('class="form-select"') == 2
    assert re.search(r'<input checked[^>]*value="small"', html)
    assert 'aria-describedby="name-hint"' in html
    assert 'inputmode="numeric"' in render("forms.field", form.seats, inputmode="numeric")


def test_an_error_stands_at_its_field_and_in_the_summary(render: Render) -> None:
    form = EveryField(MultiDict())
    assert not form.validate()
    control = render("forms.field", form.name, hint="Court")
    assert 'aria-describedby="name-hint name-error"' in control
    assert 'aria-invalid="true"' in control
    assert "form-control is-invalid" in control
    assert 'aria-describedby="reason-error"' in render("forms.field", form.reason)
    summary = render("forms.error_summary", form)
    links = re.findall(r'href="#([^"]+)">([^<]+)<', summary)
    assert ("name", "Indiquez un nom.") in links
    assert ("reason-0", "Choisissez une raison.") in links
    assert ("inner-day", "Indiquez le jour.") in links
    assert f"{len(links)} points à corriger" in words(summary)
    assert render("forms.error_summary", EveryField()).strip() == ""
    assert "Court" in render("forms.form_section", "Limites", "Court", body="champs")


PAGE = (
    "{% extends 'base_app.html' %}{% block title %}T{% endblock %}"
    "{% block content %}<h1>T</h1>{% endblock %}"
)


def entry(label: str, **more: Any) -> dict[str, Any]:
    return {
        "label": label,
        "url": "/" + label,
        "icon": "rss",
        "is_current": False,
        "badge": None,
        "section": None,
    } | more


def test_the_shell_shows_who_where_and_what_was_done(app: Flask) -> None:
    flash("Proposition acceptée.", "done")
    flash("Cette place vient d’être prise.", "error")
    period = SimpleNamespace(id=1, name="Printemps 2027", territory=SimpleNamespace(name="Genève"))
    html = render_template_string(
        PAGE,
        navigation=[
            entry("traiter", is_current=True, badge=6, short_label="Court"),
            entry("b"),
            entry("c"),
            entry("d"),
            entry("flux", section="Comprendre"),
        ],
        current_account=SimpleNamespace(display_name="Hélène Aubry"),
        role_label="Coordination",
        current_period=period,
        periods=[period],
    )
    assert '<html lang="fr">' in html
    assert "<title>T – Croisée</title>" in html
    assert re.search(r'class="cr-toast"[^>]*>.*Proposition acceptée', html)
    assert re.search(r'cr-notice-bad" role="alert">.*vient d’être prise', html)
    assert html.count("Mode démonstration") == 2  # the rail, and the sheet of the phone
    assert html.count('aria-current="page"') == 2
    assert 'class="cr-navtitle" id="rail-5">Comprendre' in html
    assert ">HA</span>" in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_a_public_page_needs_no_account(app: Flask) -> None:
    html = render_template("base_public.html")
    assert 'value="en" lang="en"' in html
    assert "Se déconnecter" not in html


def test_every_sheet_and_script_of_the_layout_exists_and_is_loaded(app: Flask) -> None:
    html = render_template("base_public.html")
    linked = set(re.findall(r'(?:href|src)="/static/([^"#]+)"', html))
    for path in linked:
        assert (WEBAPP / "static" / path).is_file(), path
    sheets = {f"css/{path.name}" for path in (WEBAPP / "static/css").glob("*.css")}
    assert sheets <= linked
