from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models import (
    Account,
    Certificate,
    Group,
    Measure,
    MeasureKind,
    Pairing,
    Participant,
    Partner,
    Period,
    Pin,
    Plan,
    PlanState,
    Proposal,
    Quota,
    Referral,
    Role,
    Slot,
    Tag,
    Territory,
    Wish,
)
from webapp.planning import vocabulary
from webapp.services import problems

GENEVA = (Path(__file__).parents[3] / "webapp/demo/geneva.json.gz").read_bytes()


def load(db_session: Session, data: bytes = GENEVA, **names: str) -> Period:
    return problems.load_problem(db_session, data, password_hash="no password", **names)


def document() -> dict[str, Any]:
    return json.loads(gzip.decompress(GENEVA))


def num(db_session: Session, model: Any) -> int:
    return db_session.scalar(select(func.count()).select_from(model)) or 0


def test_everything_that_the_file_counts_is_there(db_session: Session) -> None:
    geneva = document()
    load(db_session)
    people = geneva["participants"]
    assert num(db_session, Group) == len(geneva["groups"])
    assert num(db_session, Slot) == sum(len(group["slots"]) for group in geneva["groups"])
    assert num(db_session, Participant) == num(db_session, Referral) == len(people)
    assert num(db_session, Wish) == sum(len(person["wishes"]) for person in people)
    assert num(db_session, Certificate) == sum(len(person.get("holds", [])) for person in people)
    assert num(db_session, Pin) == len(geneva["pins"])
    assert num(db_session, Pairing) == len(geneva["apart"]) + len(geneva["together"])
    assert num(db_session, Quota) == len(geneva["quotas"])
    plan = db_session.scalars(select(Plan)).one()
    assert (plan.number, plan.state) == (1, PlanState.PUBLISHED)
    assert num(db_session, Proposal) == len(geneva["previous"])
    assert all(line.rank and line.travel_minutes for line in plan.proposals)


def test_measures_and_tags_are_named_in_both_languages(db_session: Session) -> None:
    load(db_session)
    theatre = db_session.scalars(select(Measure).where(Measure.code == "life-story-theatre")).one()
    assert theatre.name == "Récit de vie et théâtre"
    cleaning = db_session.scalars(select(Measure).where(Measure.code == "placement-cleaning")).one()
    assert cleaning.kind is MeasureKind.PLACEMENT
    tags = {tag.code: (tag.name, tag.name_en) for tag in db_session.scalars(select(Tag))}
    assert tags["step-free"] == ("sans marche", "step-free")
    assert all(name and name_en for name, name_en in tags.values())


def test_no_title_of_a_calendar_repeats_the_measure_that_tells(db_session: Session) -> None:
    load(db_session)
    for measure in db_session.scalars(select(Measure)):
        assert "thérapie" not in measure.public_name.lower()
        assert "placement" not in measure.public_name.lower()


def test_a_slot_keeps_its_wall_time_and_knows_its_moment(db_session: Session) -> None:
    load(db_session)
    summer = db_session.scalars(select(Slot).order_by(Slot.starts_at.desc()).limit(1)).one()
    winter = db_session.scalars(select(Slot).order_by(Slot.starts_at).limit(1)).one()
    assert summer.local_start.hour - summer.starts_at.hour == 2
    assert winter.local_start.hour - winter.starts_at.hour == 1


def test_everybody_has_a_worker_and_every_group_a_partner_who_can_sign_in(
    db_session: Session,
) -> None:
    load(db_session)
    workers = {
        worker.id: number
        for worker, number in db_session.execute(
            select(Account, func.count()).join(Participant).group_by(Account)
        )
    }
    assert len(workers) == 8
    assert max(workers.values()) - min(workers.values()) <= 1
    owners = set(db_session.scalars(select(Group.partner_id)))
    staffed = set(
        db_session.scalars(select(Account.partner_id).where(Account.role == Role.PARTNER))
    )
    assert owners <= staffed


def test_a_second_period_joins_the_same_territory(db_session: Session) -> None:
    first = load(db_session, period_name="Hiver")
    second = load(db_session, period_name="Printemps")
    assert first.territory_id == second.territory_id
    assert num(db_session, Territory) == 1
    codes = [measure.code for measure in db_session.scalars(select(Measure))]
    assert len(codes) == len(set(codes))


def test_a_strange_code_is_still_readable_and_apart_from_others(db_session: Session) -> None:
    geneva = document()
    long = "x" * 70
    geneva["groups"][0]["requires"] = [long + "1", long + "2", "needs-a\x00lift"]
    load(db_session, json.dumps(geneva).encode())
    tags = {tag.name: tag.code for tag in db_session.scalars(select(Tag))}
    assert "needs a lift" in tags
    codes = [tag.code for tag in db_session.scalars(select(Tag)) if tag.name.startswith("xxx")]
    assert len(set(codes)) == 2


def test_a_faulty_file_is_refused_with_all_its_faults_and_leaves_nothing(
    app: Flask, db_session: Session, tmp_path: Path
) -> None:
    geneva = document()
    geneva["groups"][3]["capacity"] = -1
    geneva["participants"][5]["wishes"] = [{"group": "nowhere", "rank": 1}]
    file = tmp_path / "faulty.json"
    file.write_text(json.dumps(geneva))
    result = app.test_cli_runner().invoke(args=["load-problem", str(file)])
    assert result.exit_code == 2
    assert "$.groups[3].capacity" in result.stderr
    assert "$.participants[5].wishes[0].group" in result.stderr
    assert num(db_session, Territory) == num(db_session, Partner) == 0


def test_a_territory_in_another_time_zone_is_refused(
    app: Flask, db_session: Session, tmp_path: Path
) -> None:
    load(db_session)
    geneva = document()
    geneva["horizon"]["timezone"] = "Europe/London"
    file = tmp_path / "london.json"
    file.write_text(json.dumps(geneva))
    result = app.test_cli_runner().invoke(args=["load-problem", str(file)])
    assert result.exit_code == 2
    assert "Europe/London" in result.stderr
    assert num(db_session, Period) == 1


@pytest.mark.parametrize("name", ["Genève", "Carouge"])
def test_the_command_loads_into_the_territory_it_is_told(
    app: Flask, db_session: Session, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "geneva.json.gz"
    file.write_bytes(GENEVA)
    result = app.test_cli_runner().invoke(
        args=["load-problem", str(file), "--territory", name, "--period", "Essai"]
    )
    assert result.exit_code == 0, result.output
    period = db_session.scalars(select(Period)).one()
    assert (period.territory.name, period.name) == (name, "Essai")


def test_every_name_for_calendars_is_known_in_english():
    words = [vocabulary.measure(text) for text in vocabulary._MEASURES]
    words += [vocabulary.measure(f"{kind}-somewhere") for kind in ("placement", "permanence")]
    words += [vocabulary.measure("training-x"), vocabulary.measure("something-else")]
    assert all(vocabulary.public_name_en(each.public_name) for each in words)
