"""The tags and measures that a problem speaks of."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from webapp.models import Measure, Tag, TagKind
from webapp.planning import vocabulary
from webapp.planning.load.loading import Loading


def add_tags(load: Loading) -> None:
    """Add the tags that are not known yet; a tag is known by its kind and code."""
    used: dict[tuple[TagKind, str], None] = {}

    def use(kind: TagKind, codes: Iterable[str]) -> None:
        used.update(dict.fromkeys((kind, code) for code in sorted(codes)))

    for group in load.problem.groups:
        use(TagKind.HOLD, group.requires)
        use(TagKind.NEED, group.offers)
        use(TagKind.SKILL, group.coaching.skills if group.coaching else ())
    for coach in load.problem.coaches:
        use(TagKind.SKILL, coach.skills)
    for person in load.problem.participants:
        use(TagKind.HOLD, (hold.tag for hold in person.holds))
        use(TagKind.NEED, person.needs)
        use(TagKind.SKILL, person.coach_skills)
    use(TagKind.HOLD, (quota.tag for quota in load.problem.quotas if quota.tag is not None))

    known = {(tag.kind, tag.code): tag.id for tag in load.db_session.scalars(select(Tag))}
    new = [(kind, text) for kind, text in used if (kind, vocabulary.code(text)) not in known]
    rows = []
    for kind, text in new:
        words = vocabulary.tag(text)
        rows.append(
            {
                "kind": kind,
                "code": vocabulary.code(text),
                "name": words.name,
                "name_en": words.name_en,
            }
        )
    made = dict(zip(new, load.insert(Tag, rows), strict=True))
    load.tag_ids = {
        (kind, text): made.get((kind, text)) or known[kind, vocabulary.code(text)]
        for kind, text in used
    }


def add_measures(load: Loading) -> None:
    """Add the measures that the territory does not have yet, wished ones without a group too."""
    wished = [wish.measure for p in load.problem.participants for wish in p.wishes]
    used = dict.fromkeys(
        text
        for text in (*(group.measure for group in load.problem.groups), *wished)
        if text is not None
    )
    known = {
        measure.code: measure.id
        for measure in load.db_session.scalars(
            select(Measure).where(Measure.territory_id == load.territory.id)
        )
    }
    new = [text for text in used if vocabulary.code(text) not in known]
    rows = []
    for text in new:
        words = vocabulary.measure(text)
        rows.append(
            {
                "territory_id": load.territory.id,
                "code": vocabulary.code(text),
                "kind": words.kind,
                "name": words.name,
                "name_en": words.name_en,
                "public_name": words.public_name,
                "public_name_en": vocabulary.public_name_en(words.public_name),
            }
        )
    made = dict(zip(new, load.insert(Measure, rows), strict=True))
    load.measure_ids = {text: made.get(text) or known[vocabulary.code(text)] for text in used}
