"""How well people's work compares, fair by difficulty. Source: support-rules 8.

Points of a day weigh each resolved ticket by what it was about and how urgent it was; stars are
pulled towards the team's mean while there are few; promises are the clocks that were met.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

RESOLVED_AT_LEAST, DAYS_AT_LEAST, FEWEST_RANKED = 20, 5, 3
_WORK, _STARS, _PROMISES = Decimal(40), Decimal(30), Decimal(30)
_MOST_OF_MEDIAN, _PRIOR, _BEST = Decimal("1.5"), 5, Decimal(5)


@dataclass(frozen=True)
class Work:
    """What one person did in a period. `days` are those with a counted act."""

    role: str
    resolved: int
    days: int
    points: Decimal
    stars: int
    """The sum over all answers."""
    answers: int
    met: int
    ended: int

    @property
    def is_ranked(self) -> bool:
        """Whether there is enough of it to compare."""
        return self.resolved >= RESOLVED_AT_LEAST and self.days >= DAYS_AT_LEAST

    @property
    def points_a_day(self) -> Decimal:
        return self.points / self.days if self.days else Decimal(0)


@dataclass(frozen=True)
class Place:
    """A person's score of a hundred, and the position within the role."""

    score: Decimal
    position: int
    of: int


def score(work: Work, *, usual_points: Decimal, mean_stars: Decimal) -> Decimal:
    """Return the score, to one decimal.

    `usual_points` is the median of points a day in the role, `mean_stars` the team's mean. Where
    no clock has ended nothing was promised, and that part is full.
    """
    pace = work.points_a_day / usual_points if usual_points else Decimal(1)
    done = _WORK * min(_MOST_OF_MEDIAN, pace) / _MOST_OF_MEDIAN
    stars = (work.stars + _PRIOR * mean_stars) / (work.answers + _PRIOR)
    kept = Decimal(work.met) / work.ended if work.ended else Decimal(1)
    whole = done + _STARS * stars / _BEST + _PROMISES * kept
    return whole.quantize(Decimal("0.1"), ROUND_HALF_UP)


def places(works: Mapping[int, Work]) -> dict[int, Place]:
    """Return the place of each person who can be compared, by id; ties share a position."""
    by_role: dict[str, dict[int, Work]] = defaultdict(dict)
    for person, work in works.items():
        if work.is_ranked:
            by_role[work.role][person] = work
    found: dict[int, Place] = {}
    for ranked in by_role.values():
        if len(ranked) >= FEWEST_RANKED:
            found |= _ordered(ranked)
    return found


def mean_stars(works: Iterable[Work]) -> Decimal:
    """Return the mean of all stars; the middle of the scale where nobody has answered."""
    given = list(works)
    answers = sum(one.answers for one in given)
    return Decimal(sum(one.stars for one in given)) / answers if answers else Decimal(3)


def _ordered(ranked: Mapping[int, Work]) -> dict[int, Place]:
    usual = median(one.points_a_day for one in ranked.values())
    mean = mean_stars(ranked.values())
    scores = {
        person: score(work, usual_points=usual, mean_stars=mean) for person, work in ranked.items()
    }
    order = sorted(scores.values(), reverse=True)
    return {
        person: Place(value, order.index(value) + 1, len(order)) for person, value in scores.items()
    }
