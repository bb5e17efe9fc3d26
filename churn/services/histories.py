"""Invented histories of customers with known causes of leaving, to prove what learns from them.

Thirty months of facts are drawn for each customer: how late bills are paid, outages of the area,
tickets, use, prices, contracts. Each month somebody leaves with a chance whose logit is a sum of
causes known here (`docs/algorithms/churn.md` has the table), one of them unseen. From the facts
come feature rows as the product's own would be, so that the figures a model reaches can be held
against what can be reached at all. Nothing here is a customer; the same seed draws the same.

Variants: `as_is`; `crossed`, where only two causes together matter; `none`, without causes;
`turned`, where the causes turn round from month 25.
"""

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from churn.rules.causes import BASE, CAUSES
from churn.rules.features import NAMES
from churn.services.sample import Floats, Sample

Flags = NDArray[np.bool_]

MONTHS = 30
FIRST = date(2024, 1, 1)
AREAS = 60
TURNS_IN = 25
RISES = (8, 15, 22, 26)
AS_IS, CROSSED, NONE, TURNED = "as_is", "crossed", "none", "turned"
WARM_UP = 6  # months whose facts the first observation looks back on


class Histories(NamedTuple):
    """Observations of all customers and months, month by month. Months count from 0."""

    customers: NDArray[np.int64]
    months: NDArray[np.int64]
    vectors: Floats
    left: Flags  # within two months
    is_dropped: Flags  # moved away instead
    truth: Floats  # the logit behind, with what nobody sees

    def days(self) -> list[date]:
        """Return the first day of each month there is."""
        return [month_day(int(month)) for month in np.unique(self.months)]


def month_day(month: int) -> date:
    """Return the first day of a month counted from 0."""
    return date(FIRST.year + month // 12, month % 12 + 1, 1)


class _Facts(NamedTuple):
    """What was drawn for a month, by customer."""

    late: Floats  # days the month's bill was paid late
    outage: Floats  # hours
    tickets: Floats
    reopened: Floats
    has_drop: Flags
    speed: Floats
    asked_less: Flags
    has_rise: Flags


def draw(customers: int, *, seed: int = 1, variant: str = AS_IS, months: int = MONTHS) -> Histories:
    """Draw histories of so many customers."""
    world = _World(customers, seed, variant)
    parts = []
    for month in range(-WARM_UP, months + 2):
        if month >= 0:
            parts.append(world.observe(month))
            world.leave(month)
        world.live(month)
    return world.labelled(parts[:months])


class _World:
    """Everybody, month after month."""

    def __init__(self, customers: int, seed: int, variant: str) -> None:
        draws = self.draws = np.random.default_rng(seed)
        self.count, self.variant = customers, variant
        self.area = draws.integers(0, AREAS, customers)
        share = np.clip(draws.beta(0.8, 3.2, customers), 1e-4, 1 - 1e-4)
        self.lateness = np.log(share / (1 - share))
        # Two in five join while the story runs, the others were customers before.
        before = np.floor(draws.exponential(20, customers)) + 3
        during = draws.integers(0, MONTHS, customers)
        self.joined = np.where(draws.random(customers) < 0.6, -before, during)
        self.has_contract = draws.random(customers) < 0.4
        self.contract_phase = draws.integers(0, 12, customers)
        self.rival_from = np.where(
            draws.random(AREAS) < 0.3, draws.integers(0, MONTHS, AREAS), MONTHS + 9
        )
        self.drop_until = np.full(customers, -99)
        self.still = np.ones(customers, dtype=bool)
        self.left_in = np.full(customers, 999)
        self.moved_in = np.full(customers, 999)
        self.facts: list[_Facts] = []
        self.nps = np.full(customers, np.nan)
        self.stars = np.full(customers, np.nan)
        self.answered_in = np.full(customers, -99)
        self.fixed = {
            "auto_pay": draws.random(customers) < 0.2,
            "prepaid": draws.random(customers) < 0.25,
            "cycle_months": draws.choice([1, 3, 12], customers, p=[0.8, 0.12, 0.08]),
        }

    def live(self, month: int) -> None:
        """Draw a month's facts."""
        draws, count = self.draws, self.count
        is_late = draws.random(count) < 1 / (1 + np.exp(-self.lateness))
        self.lateness = self.lateness + draws.normal(0, 0.25, count)
        has_outage = draws.random(AREAS) < 0.12
        hours = np.where(has_outage, draws.gamma(2, 9, AREAS), draws.gamma(1, 1.2, AREAS))
        outage = hours[self.area]
        tickets = draws.poisson(0.06 + 0.02 * outage)
        begins = (draws.random(count) < 0.03) & (self.drop_until < month)
        self.drop_until = np.where(begins, month + 3, self.drop_until)
        asked = draws.random(count) < 0.3 / 6
        self.nps = np.where(asked, draws.choice(11, count, p=_NPS), self.nps)
        self.stars = np.where(asked, draws.integers(1, 6, count), self.stars)
        self.answered_in = np.where(asked, month, self.answered_in)
        self.facts.append(
            _Facts(
                late=np.where(is_late, draws.geometric(1 / 7, count), 0).astype(np.float64),
                outage=outage,
                tickets=tickets.astype(np.float64),
                reopened=draws.binomial(tickets, 0.2).astype(np.float64),
                has_drop=self.drop_until > month,
                speed=draws.normal(0.92, 0.14, count),
                asked_less=draws.random(count) < 0.006,
                has_rise=(month in RISES) & (draws.random(count) < 0.2),
            )
        )
        self.facts = self.facts[-WARM_UP:]

    def leave(self, month: int) -> None:
        """Let some leave and some move away in a month that begins now."""
        chance = 1 / (1 + np.exp(-(self._logit(month) + self.draws.normal(0, 0.4, self.count))))
        leaves = self.still & (self.joined < month) & (self.draws.random(self.count) < chance)
        moves = self.still & ~leaves & (self.draws.random(self.count) < 0.004)
        self.left_in[leaves] = month
        self.moved_in[moves] = month
        self.still &= ~leaves & ~moves

    def observe(self, month: int) -> tuple[NDArray[np.int64], int, Floats, Floats]:
        """Return who is observed at a month's beginning, with features and the logit behind."""
        who = np.flatnonzero(self.still & (self.joined < month))
        vectors = np.column_stack([self._features(month)[name] for name in NAMES])
        return who, month, vectors[who], self._logit(month)[who]

    def labelled(self, parts: list[tuple[NDArray[np.int64], int, Floats, Floats]]) -> Histories:
        """Say of each observation whether the customer left, or moved away, within two months."""
        who = np.concatenate([part[0] for part in parts])
        months = np.concatenate([np.full(len(part[0]), part[1]) for part in parts])
        return Histories(
            who,
            months,
            np.concatenate([part[2] for part in parts]),
            self.left_in[who] < months + 2,
            self.moved_in[who] < months + 2,
            np.concatenate([part[3] for part in parts]),
        )

    def _sum(self, name: str, last: int) -> Floats:
        found: Floats = np.sum([getattr(facts, name) for facts in self.facts[-last:]], axis=0)
        return found

    def _tenure(self, month: int) -> Floats:
        found: Floats = np.log(1 + np.maximum(month - self.joined, 0))
        return found

    def _contract(self, month: int) -> tuple[Flags, Flags]:
        """Tell whose contract ends within two months, and whose runs longer."""
        to_go = 12 - (month + self.contract_phase) % 12
        return self.has_contract & (to_go <= 2), self.has_contract & (to_go > 2)

    def _nps(self, month: int) -> Floats:
        return np.where(self.answered_in >= month - 6, self.nps, np.nan)

    def _late_bills(self) -> Floats:
        found: Floats = np.sum([facts.late > 0 for facts in self.facts], axis=0, dtype=np.float64)
        return found

    def _trend(self) -> Floats:
        late = np.array([facts.late for facts in self.facts])
        trend: Floats = late[3:].mean(axis=0) - late[:3].mean(axis=0)
        return trend

    def _logit(self, month: int) -> Floats:
        """Return the logit of leaving in a month, by customer: what a perfect judge would say."""
        tenure, last = self._tenure(month) - 2, self.facts[-1]
        late, outage = self._late_bills(), self._sum("outage", 3)
        if self.variant == NONE:
            return np.full(self.count, -4.3)
        if self.variant == CROSSED:
            crossing = (late >= 2) ^ (outage >= 9)
            crossed: Floats = -6 + 2.6 * crossing + 0.9 * last.has_drop - 0.3 * tenure
            return crossed
        ending, longer = self._contract(month)
        known = {
            "late_bills": np.minimum(late, 5),
            "lateness_trend": np.clip(self._trend(), -10, 15),
            "overdue_days": np.minimum(last.late, 20),
            "tickets": np.minimum(self._sum("tickets", 3), 4),
            "reopened": np.minimum(self._sum("reopened", 6), 2),
            "outage_hours": np.minimum(outage, 40),
            "usage_drop": last.has_drop,
            "slow": last.speed < 0.6,
            "asked_less": self._sum("asked_less", 3) > 0,
            "price_rise": self._sum("has_rise", 4) > 0,
            "tenure": tenure,
            "contract_ending": ending,
            "contract_longer": longer,
            "nps": self._nps(month) <= 6,
            "rival": self.rival_from[self.area] <= month,
        }
        causes: Floats = np.sum([CAUSES[name] * known[name] for name in CAUSES], axis=0)
        if self.variant == TURNED and month >= TURNS_IN:
            return -4.6 - 0.6 * causes
        return BASE + causes

    def _features(self, month: int) -> dict[str, Floats]:
        """Return the features by name, from the facts before the month."""
        draws, count, last = self.draws, self.count, self.facts[-1]
        late = np.array([facts.late for facts in self.facts])
        ending, longer = self._contract(month)
        is_open = (last.tickets > 0) & (draws.random(count) < 0.15)
        known = {
            "late_bills": self._late_bills(),
            "very_late_bills": (late >= 30).sum(axis=0),
            "lateness_trend": np.where(month - self.joined >= 4, self._trend(), np.nan),
            "overdue_days": last.late,
            "overdue_ratio": (last.late > 0) * draws.uniform(0.5, 1.5, count),
            "cuts": (late > 15).sum(axis=0),
            "tickets": self._sum("tickets", 3),
            "reopened": self._sum("reopened", 6),
            "oldest_unresolved": is_open * draws.integers(1, 20, count),
            "stars": np.where(self.answered_in >= month - 6, self.stars, np.nan),
            "nps": self._nps(month),
            "outage_hours": self._sum("outage", 3),
            "usage_ratio": np.where(last.has_drop, 0.6, 1.0) * draws.lognormal(0, 0.12, count),
            "silent_days": draws.poisson(np.where(last.has_drop, 2.0, 0.6)),
            "speed_ratio": np.where(draws.random(count) < 0.1, np.nan, last.speed),
            "downgrade_asked": self._sum("asked_less", 3) > 0,
            "largest_rise": (self._sum("has_rise", 4) > 0) * 0.08,
            "discount_ending": draws.random(count) < 0.05,
            "tenure": self._tenure(month),
            "contract_ending": ending,
            "contract_longer": longer,
            **self.fixed,
        }
        return {name: np.asarray(known[name], dtype=np.float64) for name in NAMES}


def sample(histories: Histories, *, stayers: float = 1.0, seed: int = 1) -> Sample:
    """Return what training would read: without who moved, and a share of those who stayed."""
    draws = np.random.default_rng(seed)
    is_drawn = histories.left | (draws.random(len(histories.left)) < stayers)
    days = np.array([month_day(month).toordinal() for month in range(MONTHS)])
    everybody = Sample(
        histories.customers,
        days[histories.months],
        histories.vectors,
        histories.left.astype(np.float64),
        np.where(histories.left, 1, 1 / stayers),
    )
    return everybody.where(is_drawn & (histories.left | ~histories.is_dropped))


_NPS = np.array([1, 1, 1, 2, 2, 3, 5, 15, 20, 25, 25]) / 100


def shuffled(histories: Histories, *, seed: int = 1) -> Histories:
    """Give everybody somebody else's label: whoever still finds something, finds noise."""
    order = np.random.default_rng(seed).permutation(len(histories.left))
    return histories._replace(left=histories.left[order], is_dropped=histories.is_dropped[order])
