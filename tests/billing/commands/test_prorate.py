"""The two calculators of the command line: what they print, refuse and return."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing.invoices.rules import proration


def printed(command, *args):
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


def test_support_can_read_out_the_amount_the_ratio_and_the_arithmetic():
    text = printed(
        "prorate", "--start=2026-01-10", "--end=2026-02-05", "--bill-day=5", "--price=1000"
    )

    assert text.splitlines() == [
        "amount  838.71",
        "ratio   0.838709677",
        "days    26",
        "[2026-01-10, 2026-02-05) of [2026-01-05, 2026-02-05)  26 of 31 days × 1000.00 = 838.71",
    ]


@pytest.mark.parametrize(
    ("policy", "amount"), [("anchor", "838.71"), ("fixed30", "833.33"), ("calendar", "852.54")]
)
def test_each_policy_can_be_asked_for(policy, amount):
    answer = json.loads(
        printed(
            "prorate",
            "--start=2026-01-10",
            "--end=2026-02-05",
            "--bill-day=5",
            "--price=1,000.00",
            f"--policy={policy}",
            "--json",
        )
    )

    assert answer["amount"] == amount
    recomputed = sum(proration.recompute(piece) for piece in answer["pieces"])
    assert f"{recomputed:f}" == amount


def test_a_quarter_can_be_counted_from_a_given_anchor():
    answer = json.loads(
        printed(
            "prorate",
            "--start=2026-02-20",
            "--end=2026-03-01",
            "--bill-day=5",
            "--price=2700",
            "--cycle=quarterly",
            "--anchor=2026-01-05",
            "--json",
        )
    )

    assert answer["pieces"][0]["period"] == {"start": "2026-01-05", "end": "2026-04-05", "days": 90}
    assert answer["amount"] == "270.00"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"end": "2026-01-09"}, "before the start"),
        ({"end": "2026-02-30"}, "not a date"),
        ({"bill-day": "32"}, "1 to 31"),
        ({"price": "1.005"}, "at most 2 digits"),
        ({"price": "-1"}, "cannot be negative"),
        ({"policy": "weekly"}, "invalid choice"),
        ({"cycle": "annual", "anchor": "2026-01-06"}, "first full period"),
    ],
)
def test_what_cannot_be_priced_is_refused_with_its_cause(change, message):
    options = {"start": "2026-01-10", "end": "2026-02-05", "bill-day": "5", "price": "1000"}
    arguments = [f"--{name}={value}" for name, value in (options | change).items()]

    with pytest.raises(CommandError, match=message):
        printed("prorate", *arguments)


def test_periods_are_listed_half_open_one_a_line():
    text = printed("billing_periods", "--start=2026-01-31", "--bill-day=30", "--count=3")

    assert text.splitlines() == [
        "[2026-01-31, 2026-02-28)",
        "[2026-02-28, 2026-03-30)",
        "[2026-03-30, 2026-04-30)",
    ]


def test_periods_as_json_say_which_is_the_stub():
    answer = json.loads(
        printed(
            "billing_periods",
            "--start=2026-01-10",
            "--bill-day=5",
            "--count=2",
            "--cycle=quarterly",
            "--json",
        )
    )

    assert answer["periods"] == [
        {"start": "2026-01-10", "end": "2026-02-05", "days": 26, "stub": True},
        {"start": "2026-02-05", "end": "2026-05-05", "days": 89, "stub": False},
    ]


@pytest.mark.parametrize("count", ["0", "-1", "many", "1201"])
def test_a_count_that_makes_no_sense_is_refused(count):
    with pytest.raises(CommandError, match="is not a count"):
        printed("billing_periods", "--start=2026-01-10", "--bill-day=5", f"--count={count}")
