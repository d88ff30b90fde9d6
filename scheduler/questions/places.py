"""Best places for one person now: what each gives, and whom it would touch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scheduler.occupancy import Reason
from scheduler.problem import Group, Participant
from scheduler.questions.gains import Worth
from scheduler.questions.published import Lines, Move, Pair, Published
from scheduler.result import Assignment, Value

# What somebody else can cure by leaving; the other rules are about the person's own groups.
CURABLE = frozenset({"H1", "H8", "H9", "H10", "H11", "H13"})


@dataclass(frozen=True, slots=True)
class Place:
    """One group a person could be given now, as ``moves`` say, all else unchanged."""

    group: str
    rank: int | None
    utility: int
    minutes: int  # from home to the venue
    gains: dict[str, Value]  # by tier of the objective: more than in the plan
    moves: tuple[Move, ...]  # the person's own first

    @property
    def touched(self) -> tuple[str, ...]:
        """The other people for whom something changes, a visit at another time included."""
        own = self.moves[0].participant
        return tuple(dict.fromkeys(m.participant for m in self.moves if m.participant != own))


@dataclass(frozen=True, slots=True)
class Closed:
    """A wished group that cannot be had so, and every rule that one more pair would break."""

    group: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Places:
    participant: str
    places: tuple[Place, ...]  # the best for the objective first; of equals, those touching fewest
    closed: tuple[Closed, ...]


def best_places(published: Published, participant: str, num: int | None = None) -> Places:
    """The best ``num`` places (None: all) of the groups that the person wishes and has not.

    A place is had by joining the group, all else unchanged; or else instead of one own group; or
    else by an exchange: exactly one other person, not pinned, leaves the way free by moving to
    another group or to another visit. Each is a valid plan (``Published.after``). Raises
    ``UnknownParticipantError``.
    """
    p = published.position(participant)
    own = {line.group for line in published.of_person.get(participant, ())}
    places, closed = [], []
    for g in sorted(published.wished(p)):
        group = published.problem.groups[g]
        if group.id in own:
            continue
        found = place_in(published, p, g)
        if isinstance(found, Place):
            places.append(found)
        else:
            closed.append(Closed(group.id, tuple(found)))
    places.sort(key=lambda place: _order(published, place), reverse=True)
    return Places(participant, tuple(places[:num]), tuple(closed))


def _order(published: Published, place: Place) -> tuple[object, int, int]:
    position = published.group_index[place.group]
    return (published.gains.worth(place.gains), -len(place.touched), -position)


def place_in(published: Published, p: int, g: int) -> Place | list[Reason]:
    """The place in one wished group, or the rules that keep the person from joining it."""
    failing = failing_rules(published, p, g)
    if failing:
        return failing
    place = place_beside(published, p, g)
    if place is not None:
        return place
    joining = [(m, g) for m in published.together_with(p)]
    own = list(_own(published, p))
    ways: Iterable[tuple[Lines, Lines | None]]
    ways = ((leaving, published.attempt(leaving, joining)) for leaving in own)
    found = [(leaving, lines) for leaving, lines in ways if lines is not None]
    if not found and len(joining) == 1:
        found = [way for leaving in ((), *own) for way in _exchange(published, (p, g), leaving)]
    if found:
        return _place(published, *max(found, key=lambda way: published.gains.worth_of(*way)))
    return published.occupancy.broken(p, g)


def place_beside(published: Published, p: int, g: int) -> Place | None:
    """The place in a group that is an option, all else in the plan unchanged."""
    lines = published.attempt((), [(m, g) for m in published.together_with(p)])
    return None if lines is None else _place(published, (), lines)


def failing_rules(published: Published, p: int, g: int) -> list[Reason]:
    """The rules R2 to R6 that keep the person out, or H12 for somebody to be kept together with."""
    failing = published.failing(p, g)
    group, people = published.problem.groups[g], published.problem.participants
    failing += [
        {"rule": "H12", "participant": people[m].id}
        for m in published.together_with(p)[1:]
        if not published.facts.is_option(people[m], group)
    ]
    return failing


def _place(published: Published, leaving: Sequence[Assignment], lines: Lines) -> Place:
    moves = published.moves(leaving, lines)
    line = lines[0]
    return Place(
        group=line.group,
        rank=line.rank,
        utility=published.gains.utility(line),
        minutes=published.gains.minutes(line),
        gains=published.gains.by_tier(leaving, lines),
        moves=moves,
    )


def _own(published: Published, p: int) -> Iterator[Lines]:
    """The person's groups that can be left, each with all who are kept together there."""
    people = [published.problem.participants[m].id for m in published.together_with(p)]
    for line in published.of_person.get(people[0], ()):
        lines = tuple(published.line(person, line.group) for person in people)
        if not any((other.participant, other.group) in published.facts.pins for other in lines):
            yield lines


def _exchange(published: Published, pair: Pair, leaving: Lines) -> Iterator[tuple[Lines, Lines]]:
    """The best way in which one other person moves and lets this one in, if there is one."""
    with published.without(leaving):
        lines = [line for line in _in_the_way(published, pair) if _lets_in(published, line, pair)]
    wanted = published.problem.groups[pair[1]].id
    candidates = [(ln, g) for ln in lines for g in _elsewhere(published, ln, wanted, leaving)]
    promises = [(_promise(published, leaving, pair, line, g), line, g) for line, g in candidates]
    promises.sort(key=lambda promise: promise[0], reverse=True)
    best: tuple[Lines, Lines] | None = None
    for promise, line, g in promises:
        if best is not None and published.gains.worth_of(*best) >= promise:
            break
        q = published.position(line.participant)
        out = (*leaving, line)
        joined = published.attempt(out, [pair, (q, g)])
        if joined is not None and (
            best is None or published.gains.worth_of(out, joined) > published.gains.worth_of(*best)
        ):
            best = (out, joined)
    if best is not None:
        yield best


def _lets_in(published: Published, line: Assignment, pair: Pair) -> bool:
    """Whether without the line nothing keeps the pair from being added."""
    with published.without([line]):
        return not published.occupancy.broken(*pair)


def _in_the_way(published: Published, pair: Pair) -> list[Assignment]:
    """The lines of others without any one of which the pair might be added."""
    reasons = published.occupancy.broken(*pair)
    if any(reason["rule"] not in CURABLE for reason in reasons):
        return []
    person, group = (published.problem.participants[pair[0]], published.problem.groups[pair[1]])
    sets = [_at_fault(published, person, group, reason) for reason in reasons]
    pairs = [{(line.participant, line.group) for line in lines} for lines in sets[1:]]
    return [
        line
        for line in (sets[0] if sets else ())
        if line.participant != person.id
        and published.is_free_to_move(line)
        and all((line.participant, line.group) in others for others in pairs)
    ]


def _at_fault(
    published: Published, person: Participant, group: Group, reason: Reason
) -> list[Assignment]:
    rule = reason["rule"]
    if rule in ("H1", "H11"):
        there = published.of_group.get(group.id, [])
        return [line for line in there if rule == "H1" or line.participant == reason["participant"]]
    if rule == "H13":
        groups = published.problem.quotas[reason["quota"]].groups
        return [line for id_ in dict.fromkeys(groups) for line in published.of_group.get(id_, [])]
    visits = published.occupancy.visits
    units = visits.of_pair(person, group, pinned=False)
    coaches = dict.fromkeys(published.problem.coaches[visits.units[u].coach].id for u in units)
    return [line for id_ in coaches for line in published.of_coach.get(id_, [])]


def _elsewhere(published: Published, line: Assignment, wanted: str, leaving: Lines) -> list[int]:
    """Where somebody in the way could go: a group with room, the one that the person leaves, or
    the same group with another visit."""
    index = published.group_index
    q = published.position(line.participant)
    frees_coach = any(other.coach is not None for other in (line, *leaving))
    found = {g for g, has_coach in published.open_to(q).items() if has_coach or frees_coach}
    for left in leaving:
        person, group = (
            published.problem.participants[q],
            published.problem.groups[index[left.group]],
        )
        if published.facts.is_option(person, group):
            found.add(index[left.group])
    found -= {index[wanted], index[line.group]}
    if line.coach is not None:
        found.add(index[line.group])
    return sorted(found)


def _promise(published: Published, leaving: Lines, pair: Pair, line: Assignment, g: int) -> Worth:
    """The worth of an exchange if everybody could have the coach of ``previous``."""
    q = published.position(line.participant)
    joined = [published.hoped(two) for two in (pair, (q, g))]
    return published.gains.worth_of((*leaving, line), joined)
