"""Points add up by the company's rules of thumb, at most a hundred."""

import pytest

from churn.rules import points


@pytest.mark.parametrize(
    ("known", "total"),
    [
        ({}, 0),
        ({"overdue_days": 1}, 10),
        ({"overdue_days": 7}, 10),
        ({"overdue_days": 8}, 25),
        ({"overdue_days": 30}, 25),
        ({"overdue_days": 31}, 40),
        ({"late_bills": 1}, 0),
        ({"late_bills": 2}, 10),
        ({"late_bills": 4}, 20),
        ({"oldest_unresolved": 3}, 0),
        ({"oldest_unresolved": 3.1}, 15),
        ({"tickets": 3, "reopened": 1}, 20),
        ({"outage_hours": 11.9}, 0),
        ({"outage_hours": 12}, 10),
        ({"usage_ratio": 0.5}, 15),
        ({"usage_ratio": None}, 0),
        ({"stars": 2}, 10),
        ({"nps": 6}, 10),
        ({"stars": 2, "nps": 6}, 10),
        ({"downgrade_asked": 1, "largest_rise": 0.05}, 25),
        ({"contract_ending": 1, "speed_ratio": 0.59}, 15),
        ({"overdue_days": 60, "late_bills": 5, "oldest_unresolved": 9, "tickets": 4, "nps": 0}, 95),
    ],
)
def test_points_of_what_is_known(known, total):
    assert points.score(known)[0] == total


def test_they_never_pass_a_hundred_and_the_heaviest_reason_is_first():
    total, reasons = points.score(
        {
            "overdue_days": 60,
            "late_bills": 5,
            "oldest_unresolved": 9,
            "tickets": 4,
            "reopened": 1,
            "usage_ratio": 0.1,
        }
    )

    assert total == 100
    assert [one.code for one in reasons[:2]] == ["overdue_days", "late_bills"]


@pytest.mark.parametrize(
    ("total", "level"), [(0, "LOW"), (29, "LOW"), (30, "MEDIUM"), (59, "MEDIUM"), (60, "HIGH")]
)
def test_levels_of_points(total, level):
    assert points.level(total) == level
