import itertools

from hypothesis import given
from hypothesis import strategies as st

from webapp.forms.availability import HALF_DAYS, merge, spans_of, split

spans = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)).filter(
        lambda span: span[1] < span[2]
    ),
    max_size=12,
)


def minutes(found):
    return {(day, minute) for day, start, end in found for minute in range(start, end)}


@given(spans)
def test_merged_spans_cover_the_same_minutes_and_never_touch(found):
    merged = merge(found)
    assert minutes(merged) == minutes(found)
    for (day, _start, end), (next_day, next_start, _end) in itertools.pairwise(merged):
        assert (day, end) < (next_day, next_start)


@given(spans)
def test_the_grid_and_the_exact_times_give_back_what_was_stored(found):
    assert spans_of(*split(found)) == merge(found)


@given(st.sets(st.sampled_from(sorted(HALF_DAYS))))
def test_ticked_half_days_come_back_ticked_without_exact_times(ticked):
    half_days, exact = split(spans_of(ticked, []))
    assert (set(half_days), exact) == (ticked, [])
