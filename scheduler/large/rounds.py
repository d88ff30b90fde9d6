"""Round after round of regions, by several workers at once, until none of a whole round is better.

In turn: the whole, where it is small enough for a program; everybody placed anew with those groups
open that are open where a bound is reached, when there is a new one, and once in a round with
further groups open; the people of some groups at a time, and of wider regions where those did
nothing for the first level; the visits of some coaches at a time, and everybody placed anew. No
two regions at work touch the same groups, people, coaches or rows of H11 to H14; of two plans of
the whole the better one is taken.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial, reduce
from itertools import islice
from operator import or_
from random import Random
from threading import Condition

import numpy as np

from scheduler.large.claim import Claim
from scheduler.large.clock import Clock
from scheduler.large.coached_regions import CoachedRegions, coach_sets
from scheduler.large.flow import placed_anew
from scheduler.large.incumbent import MARGIN, PLACE, Incumbent
from scheduler.large.market import Choice, Market
from scheduler.large.neighbourhoods import neighbourhoods
from scheduler.large.opening import Opening, with_more_open, with_opening
from scheduler.large.prices import Paid
from scheduler.large.program import EXACT
from scheduler.large.region import Region
from scheduler.large.rounding import AGREED, relaxed, rounded
from scheduler.large.visits import with_visits
from scheduler.matrix import Floats
from scheduler.ragged import Bools

REGIONS = 40  # of groups, one after the other
# In wide ones coaches stay at their venues: otherwise HiGHS finds nothing in the time.
WIDE_REGIONS, WIDE_OPTIONS = 8, 12_000
FOR_EACH = 6  # of how many coaches there is one region of coaches before these
NEAR = 1e-3 * PLACE  # MARGIN where little of the whole stays
VISITS_MARGIN, VISITS_GAP = 0.02 * PLACE, 0.5 * PLACE  # people are placed anew afterwards
SECONDS, VISITS_SECONDS, WIDE_SECONDS = 5.0, 1.0, 10.0  # of HiGHS
WHOLE_SHARE = 0.5  # of the time left, for the relaxation of the whole
SLACK_SHARE = 0.4  # of the time, for the use of slack
WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class Way:
    """How the whole is looked at again: what stays besides coaches' venues, what may be lost at a
    variable that is still looked at, and how many seconds HiGHS has."""

    margin: float
    seconds: float
    keeps_visits: bool = False
    keeps_open: bool = False


# Of each pair two workers try one each. Opening a group is paid by many people a little, so a
# margin right for one person leaves it shut: where visits stay, a wide one costs little time.
WAYS = (
    (Way(AGREED, 10.0, keeps_open=True), Way(0.5 * PLACE, 10.0, keeps_visits=True)),
    (Way(NEAR, 20.0), Way(PLACE, 20.0, keeps_open=True)),
)


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A region, and its values as it is. ``coached``: its visits are a draft."""

    region: Region
    start: Floats
    margin: float = MARGIN
    seconds: float = SECONDS
    coached: CoachedRegions | None = None
    is_whole: bool = False

    @property
    def claim(self) -> Claim:
        """What others must not touch: nothing where each brings a whole plan, to be compared."""
        return Claim.of_nothing(self.region.market) if self.is_whole else self.region.claim


class Rounds:
    """The work at one incumbent."""

    def __init__(
        self,
        market: Market,
        hand: Incumbent,
        paid: Paid,
        clock: Clock,
        rng: Random,
        on_better: Callable[[], None],
        *,
        is_whole: bool,
    ) -> None:
        """At the prices of ``paid`` people come to coaches; better ones may be given later.

        ``is_whole``: the relaxation of the whole is soon solved. Of ``openings`` each is tried
        once, and there may be more at any time.
        """
        self.paid = paid
        self.openings: deque[Opening] = deque()
        self._market, self._hand, self._clock, self._rng = market, hand, clock, rng
        self._on_better, self._is_whole = on_better, is_whole
        self._turn = Condition()
        self._claims: dict[Region, Claim] = {}
        self._is_waiting = False
        self._num_slack = len(hand.unused_slack)
        self._draft = hand.choice
        self._exhausted: list[int] | None = None  # of a plan at which the whole found nothing
        self._jobs = self._plan()

    def begin_with(self, visits: Choice) -> None:
        """Begin with these visits in place of those in hand."""
        self._draft = with_visits(self._market, self._hand.choice, visits)
        self._place_anew()

    def work(self) -> None:
        """Region after region; for each worker."""
        while (job := self._next()) is not None:
            values = None
            try:
                values = self._solved(job)
            finally:
                with self._turn:
                    del self._claims[job.region]
                    self._turn.notify_all()
                    if values is not None:
                        self._take(job, values)

    def _next(self) -> Job | None:
        """A region that touches none at work; None when all is done."""
        with self._turn:
            while not self._clock.is_over():
                if self._is_waiting and self._claims:
                    self._turn.wait()
                    continue
                self._is_waiting = False
                try:
                    job = next(self._jobs)
                except StopIteration:
                    if not self.openings:
                        return None
                    self._open_as_told()  # told of after the last round
                    self._jobs = self._plan()
                    continue
                if job is None:
                    self._is_waiting = True
                    continue
                self._claims[job.region] = job.claim
                return job
        return None

    def _plan(self) -> Iterator[Job | None]:
        """What is to be done; None: go on when nothing is at work."""
        sets = coach_sets(self._market, self._rng)
        num_sets = math.ceil(len(self._market.caseload) / FOR_EACH)
        while True:
            values: list[int] | None = self._hand.values
            rest, is_opened = neighbourhoods(self._market, self._rng), False
            while batch := list(islice(rest, REGIONS)):
                if self._is_whole:
                    yield from self._of_everything()
                self._open_as_told()
                if not is_opened:
                    self._open_more()
                    is_opened = True
                first = self._hand.values[:1]
                yield from self._of_groups(batch)
                yield None
                if self._hand.values[:1] == first and not self._is_slack_due():
                    wide = neighbourhoods(self._market, self._rng, WIDE_OPTIONS)
                    yield from self._of_groups(islice(wide, WIDE_REGIONS), is_wide=True)
                    yield None
                self._draft = self._hand.choice
                yield from self._of_coaches(islice(sets, num_sets))
                yield None
                self._place_anew()
                if self._is_slack_due():
                    self._use_slack()
                    values = None  # what is looser has not been tried yet
            if self._hand.values is values and not self._hand.unused_slack:
                return
            if self._hand.values is values:
                self._use_slack()

    def _of_coaches(self, sets: Iterator[Bools]) -> Iterator[Job]:
        aim = self._hand.aim
        gains = self.paid.prices.gains(self.paid.at, aim)
        coached = CoachedRegions(self._market, aim, gains, VISITS_MARGIN, self._rng)
        for coaches in sets:
            region = coached.region(self._draft, coaches, self._held())
            if region is not None:
                start = region.values(self._draft)
                yield Job(region, start, VISITS_MARGIN, VISITS_SECONDS, coached)

    def _of_groups(self, batch: Iterable[Bools], *, is_wide: bool = False) -> Iterator[Job]:
        for groups in batch:
            region, start = self._region(groups, self._held(), keeps_venues=is_wide)
            if len(region.options):
                yield Job(region, start, seconds=WIDE_SECONDS if is_wide else SECONDS)

    def _of_everything(self) -> Iterator[Job | None]:
        """The whole near its relaxation and the plan in hand, as long as the first level grows.

        Only the quick ways where slack is still to be used, which gives up what the others win, and
        where no clock ends them.
        """
        everything = np.ones(len(self._market.capacity), dtype=bool)
        ways = WAYS if self._clock.may_decide and not self._hand.unused_slack else WAYS[:1]
        is_better = self._hand.values is not self._exhausted
        while is_better and not self._is_slack_due():
            values = self._hand.values
            for pair in ways:
                for way in pair:
                    region, start = self._region(everything, self._overfull(), keeps_venues=True)
                    if way.keeps_visits:
                        region.keep_visits()
                    if way.keeps_open:
                        region.keep_open()
                    if len(region.options):
                        yield Job(region, start, way.margin, way.seconds, is_whole=True)
                yield None
            is_better = self._hand.values[:1] > values[:1]
            if self._hand.values is values:
                self._exhausted = values

    def _region(self, groups: Bools, held: Claim, *, keeps_venues: bool) -> tuple[Region, Floats]:
        """These groups (G,), which all options may fill, and their values as they are in hand."""
        everything = np.ones(len(self._market.options), dtype=bool)
        choice, floors = self._hand.choice, self._hand.floors
        region = Region(
            *(self._market, choice, groups, everything, self._hand.aim),
            [level.aim for level, _ in floors],
            held=held,
            keeps_venues=keeps_venues,
        )
        start = region.values(choice)
        for row, (_, spare) in zip(region.floor_rows, floors, strict=True):
            region.program.low[row] = region.program.coefficients_of(row) @ start - spare
        return region, start

    def _overfull(self) -> Claim:
        """Coaches who would have too many people if somebody in two groups counted twice."""
        market, choice = self._market, self._hand.choice
        coach = market.unit_coach[choice.unit[choice.taken & (choice.unit >= 0)]]
        num = np.bincount(coach, minlength=len(market.caseload))
        return replace(Claim.of_nothing(market), coaches=num > market.caseload)

    def _held(self) -> Claim:
        return reduce(or_, self._claims.values(), Claim.of_nothing(self._market))

    def _solved(self, job: Job) -> Floats | None:
        """Better values for the region; None where none are found."""
        region, clock, objective = job.region, self._clock, job.region.program.objective
        share = WHOLE_SHARE if job.is_whole else 1.0
        found = relaxed(region, lambda: clock.part(share), clock.stop)
        if found is None:
            return None
        # What costs more than there is to gain is in no better plan.
        worth, most = float(objective @ job.start), float(objective @ found[0])
        if most - worth <= WHOLE:
            return None
        margins, left = (min(most - worth, job.margin),), partial(clock.at_most, job.seconds)
        is_draft = job.coached is not None
        gap = VISITS_GAP / max(abs(most), 1.0) if is_draft else EXACT
        # From a draft HiGHS would end at the draft, where no more than the gap is to be won.
        start = None if is_draft else job.start
        values = rounded(region, *found, margins, left, clock.stop, gap, start)
        return None if values is None or float(objective @ values) <= worth + WHOLE else values

    def _take(self, job: Job, values: Floats) -> None:
        if job.coached is not None:
            self._draft = job.coached.chosen(job.region, values, self._draft)
            return
        choice = None if job.is_whole else self._hand.choice  # as it has become meanwhile
        self._keep(job.region.chosen(values, choice))

    def _keep(self, found: Choice | None) -> bool:
        """Whether it is a better plan: then it is in hand."""
        is_better = found is not None and self._hand.take(found)
        if is_better:
            self._on_better()
        return is_better

    def _place_anew(self) -> None:
        """Everybody anew with the visits of the draft."""
        if self._clock.is_over():
            return
        self._keep(placed_anew(self._market, self._hand.sure_aim, self._draft))

    def _open_as_told(self) -> None:
        """Everybody anew with the groups open that are to be."""
        while self.openings and not self._clock.is_over():
            opening, hand = self.openings.popleft(), self._hand
            self._keep(with_opening(self._market, hand.sure_aim, hand.choice, opening))

    def _open_more(self) -> None:
        """Everybody anew with further groups open, the first better way: up to four flows."""
        aim, is_over = self._hand.sure_aim, self._clock.is_over
        for found in with_more_open(self._market, aim, self._hand.choice, is_over):
            if self._keep(found):
                return

    def _is_slack_due(self) -> bool:
        """Whether the rest of the time belongs to what slack is given for."""
        num = len(self._hand.unused_slack)
        return num > 0 and self._clock.is_past(1 - SLACK_SHARE * num / self._num_slack)

    def _use_slack(self) -> None:
        self._exhausted = None
        self._hand.use_slack(self._clock.is_over)
        self._on_better()
