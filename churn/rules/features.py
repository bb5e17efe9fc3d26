"""What is known of a customer who may leave: the features, their groups and their words for code.

One vector per customer and observation, in the order of `FEATURES`. Everything is as of a moment t:
only what was *recorded* before t counts. `None` means unknown and is filled with the training
median, with a flag beside it; zero means "none". Nothing here says who somebody is or where they
live: names, places, branches, language and ids are never features.
"""

from typing import NamedTuple

PAYMENT, CONTACT, OUTAGE, USE = "payment", "contact", "outage", "use"
PRICE, CONTRACT, TENURE = "price", "contract", "tenure"
GROUPS = (PAYMENT, CONTACT, OUTAGE, USE, PRICE, CONTRACT, TENURE)


class Feature(NamedTuple):
    """One thing known of a customer: its name in code, its group, and whether it may be unknown."""

    name: str
    group: str
    may_be_unknown: bool = False


FEATURES = (
    Feature("late_bills", PAYMENT),  # bills paid after their due day, or still owed, in 6 months
    Feature("very_late_bills", PAYMENT),  # of these 30 days late or more
    Feature("lateness_trend", PAYMENT, True),  # mean days late: last 3 months less the 3 before
    Feature("overdue_days", PAYMENT),  # days the oldest open bill is past due: the baseline
    Feature("overdue_ratio", PAYMENT),  # overdue amount in monthly amounts
    Feature("auto_pay", PAYMENT),  # 1 where bills are collected by themselves
    Feature("cuts", PAYMENT),  # times cut off for not paying, in 6 months
    Feature("tickets", CONTACT),  # in 90 days
    Feature("reopened", CONTACT),  # times a ticket was opened again, in 180 days
    Feature("oldest_unresolved", CONTACT),  # days since the oldest open ticket was opened, or 0
    Feature("stars", CONTACT, True),  # last answer to a survey, 1 to 5, in 180 days
    Feature("nps", CONTACT, True),  # last answer "would you recommend us", 0 to 10, in 180 days
    Feature("outage_hours", OUTAGE),  # in 90 days
    Feature("usage_ratio", USE, True),  # GB of the last 28 days over those of the 28 before
    Feature("silent_days", USE, True),  # days without traffic, of the last 14
    Feature("speed_ratio", USE, True),  # median measured speed over the package's, in 90 days
    Feature("downgrade_asked", PRICE),  # 1 where a smaller package was asked for in 90 days
    Feature("largest_rise", PRICE),  # largest rise of a price in 120 days, as a share (0.05: 5 %)
    Feature("discount_ending", PRICE),  # 1 where a discount ends within 60 days
    Feature("tenure", TENURE),  # ln(1 + months as a customer)
    Feature("contract_ending", CONTRACT),  # 1 where the term ends within 60 days
    Feature("contract_longer", CONTRACT),  # 1 where it runs longer; no contract: both 0
    Feature("cycle_months", CONTRACT),  # months a bill covers
    Feature("prepaid", CONTRACT),  # 1 where time is paid before it is used
)
NAMES = tuple(feature.name for feature in FEATURES)
BASELINE = "overdue_days"
