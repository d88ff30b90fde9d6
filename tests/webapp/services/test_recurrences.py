"""The dates of a group: the right days, the same wall time all year, nothing twice."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.services.recurrences import (
    DatesError,
    FaultKind,
    Hours,
    Occurrence,
    Rhythm,
    Skip,
    SkipReason,
    Span,
    check,
    find_faults,
    moments,
    on_date,
    unfold,
)

ZURICH = "Europe/Zurich"
YEAR = Span(date(2027, 1, 1), date(2027, 12, 31))
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MONDAYS = Rhythm((Hours(frozenset({0}), time(14), time(16)),), YEAR)

days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(days)
    return Span(first, first + timedelta(days=draw(st.integers(0, 400))))


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    start, end = sorted(draw(st.sets(st.times(), min_size=2, max_size=2)))
    return Hours(draw(st.frozensets(st.integers(0, 6), min_size=1)), start, end)


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    return Rhythm((draw(hours()),), draw(spans()), draw(st.integers(1, 3)))


@given(rhythms(), st.dictionaries(days, st.just("Fête"), max_size=20), st.lists(spans()), days)
def test_every_session_is_on_a_stated_day_in_range_and_on_no_skipped_one(
    rhythm, public_holidays, breaks, today
):
    (stated,) = rhythm.hours
    for one in unfold(rhythm, public_holidays, breaks, today).occurrences:
        day = one.start.date()
        assert day.weekday() in stated.weekdays
        assert rhythm.span.first_on <= day <= rhythm.span.last_on
        assert (one.start.time(), one.end.time(), one.end.date()) == (stated.start, stated.end, day)
        assert day not in public_holidays
        assert not any(day in pause for pause in breaks)
        assert day >= today


@given(rhythms(), st.dictionaries(days, st.just("Fête"), max_size=20), st.lists(spans()), days)
def test_every_day_of_the_rhythm_is_a_session_or_is_said_to_be_skipped(
    rhythm, public_holidays, breaks, today
):
    unfolded = unfold(rhythm, public_holidays, breaks, today)
    told = [one.start.date() for one in unfolded.occurrences] + [s.on for s in unfolded.skips]
    assert len(told) == len(set(told))
    num_days = (rhythm.span.last_on - rhythm.span.first_on).days + 1
    monday = rhythm.span.first_on - timedelta(days=rhythm.span.first_on.weekday())
    expected = {
        day
        for day in (rhythm.span.first_on + timedelta(days=n) for n in range(num_days))
        if day.weekday() in rhythm.hours[0].weekdays
        and ((day - monday).days // 7) % rhythm.every_weeks == 0
    }
    assert set(told) == expected


def test_a_fortnight_keeps_its_weeks():
    rhythm = Rhythm((Hours(frozenset({1, 3}), time(9), time(11)),), YEAR, every_weeks=2)
    tuesdays = [
        one.start.date()
        for one in unfold(rhythm, {}, [], YEAR.first_on).occurrences
        if one.start.weekday() == 1
    ]
    assert {(b - a).days for a, b in pairwise(tuesdays)} == {14}


def test_a_skipped_date_says_why():
    skips = unfold(
        Rhythm(MONDAYS.hours, Span(date(2027, 3, 15), date(2027, 4, 5))),
        {date(2027, 3, 29): "Lundi de Pâques"},
        [Span(date(2027, 4, 1), date(2027, 4, 9))],
        today=date(2027, 3, 20),
    ).skips
    assert skips == (
        Skip(date(2027, 3, 15), SkipReason.PAST),
        Skip(date(2027, 3, 29), SkipReason.PUBLIC_HOLIDAY, "Lundi de Pâques"),
        Skip(date(2027, 4, 5), SkipReason.STATED),
    )


def test_the_hour_stays_when_the_clocks_change():
    """Summer time in Zurich runs from 28 March to 31 October 2027."""
    sessions = unfold(MONDAYS, {}, [], YEAR.first_on).occurrences
    starts = {one.start.date(): moments(one, ZURICH)[0] for one in sessions}
    assert starts[date(2027, 3, 22)] == datetime(2027, 3, 22, 13, tzinfo=UTC)
    assert starts[date(2027, 3, 29)] == datetime(2027, 3, 29, 12, tzinfo=UTC)
    assert starts[date(2027, 10, 25)] == datetime(2027, 10, 25, 12, tzinfo=UTC)
    assert starts[date(2027, 11, 1)] == datetime(2027, 11, 1, 13, tzinfo=UTC)
    assert {one.start.time() for one in sessions} == {time(14)}


def kinds(*sessions: Occurrence, existing=(), now=LONG_AGO, span=YEAR) -> list[FaultKind]:
    return [fault.kind for fault in find_faults(sessions, span, ZURICH, now, existing)]


def at(day: date, start: int, end: int) -> Occurrence:
    return on_date(day, time(start), time(end))


MARCH_28 = date(2027, 3, 28)  # at 2:00 the clocks go to 3:00


@pytest.mark.parametrize(
    ("session", "kind"),
    [
        (at(date(2027, 1, 12), 14, 14), FaultKind.ENDS_BEFORE_START),
        (at(date(2027, 1, 12), 22, 0), FaultKind.ENDS_BEFORE_START),
        (
            Occurrence(datetime(2027, 1, 12, 22), datetime(2027, 1, 13, 1)),
            FaultKind.ENDS_BEFORE_START,
        ),
        (at(date(2026, 12, 31), 14, 16), FaultKind.OUTSIDE_PERIOD),
        (at(date(2028, 1, 1), 14, 16), FaultKind.OUTSIDE_PERIOD),
        (
            Occurrence(datetime(2027, 3, 28, 2, 30), datetime(2027, 3, 28, 4)),
            FaultKind.NO_SUCH_TIME,
        ),
        (
            Occurrence(datetime(2027, 3, 28, 1), datetime(2027, 3, 28, 2, 30)),
            FaultKind.NO_SUCH_TIME,
        ),
    ],
)
def test_a_session_that_cannot_be_is_refused(session, kind):
    assert kinds(session) == [kind]


def test_a_session_across_the_change_of_clocks_is_an_hour_shorter():
    start, end = moments(at(MARCH_28, 1, 4), ZURICH)
    assert kinds(at(MARCH_28, 1, 4)) == []
    assert end - start == timedelta(hours=2)


def test_a_session_that_has_begun_is_refused():
    now = datetime(2027, 1, 12, 13, 1, tzinfo=UTC)  # 14:01 in Zurich
    assert kinds(at(date(2027, 1, 12), 14, 16), now=now) == [FaultKind.PAST]
    assert kinds(at(date(2027, 1, 12), 15, 16), now=now) == []


def test_no_group_meets_twice_at_the_same_time():
    day = date(2027, 1, 12)
    assert kinds(at(day, 9, 12), at(day, 10, 11), at(day, 11, 13)) == [FaultKind.OVERLAP] * 2
    assert kinds(at(day, 9, 12), at(day, 12, 13)) == []
    assert kinds(at(day, 9, 10), existing=[at(day, 8, 11)]) == [FaultKind.OVERLAP]
    assert kinds(at(day, 7, 20), existing=[at(day, 8, 9), at(day, 18, 19)])
    assert kinds(at(day, 11, 12), existing=[at(day, 8, 11)]) == []


def test_no_session_at_all_is_a_fault():
    assert kinds() == [FaultKind.NOTHING]


def test_all_faults_come_at_once():
    day = date(2027, 1, 12)
    with pytest.raises(DatesError) as caught:
        check([at(day, 9, 9), at(date(2028, 1, 1), 9, 10)], YEAR, ZURICH, LONG_AGO)
    assert [fault.kind for fault in caught.value.faults] == [
        FaultKind.ENDS_BEFORE_START,
        FaultKind.OUTSIDE_PERIOD,
    ]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 22), st.integers(1, 23)), max_size=6))
def test_what_is_found_good_never_overlaps(lines):
    first = date(2027, 1, 11)
    sessions = [at(first + timedelta(days=n), start, end) for n, start, end in lines]
    if not find_faults(sessions, YEAR, ZURICH, LONG_AGO):
        for one, other in pairwise(sorted(sessions)):
            assert one.end <= other.start
