"""What may leave, and which replies are let in."""

import json

import pytest

from churn.rules import buckets, wording
from churn.rules.acting import proposed
from churn.rules.features import NAMES
from churn.rules.wording import Asked

ASKED = Asked((("late_bills", "2-3"), ("stars", "1-2")), "en")
GOOD = {"row": "r1", "text": "Paid 2-3 bills late.", "reasons": ["late_bills"], "actions": ["CALL"]}


def let_in(*replies):
    return wording.let_in({"r1": ASKED}, replies)


def test_a_good_reply_is_let_in():
    assert let_in(GOOD)["r1"].text == "Paid 2-3 bills late."
    assert let_in(GOOD | {"text": "২-৩টি বিল দেরিতে।"})["r1"].actions == ("CALL",)


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "Paid 7 bills late."},
        {"text": "৭টি বিল দেরিতে।"},
        {"text": "See https://x.example"},
        {"text": "Go to bit.ly now"},
        {"text": "<b>Call</b>"},
        {"text": "**Call**"},
        {"text": "x" * 241},
        {"text": ""},
        {"text": None},
        {"row": "r2"},
        {"reasons": ["overdue_days"]},
        {"reasons": "late_bills"},
        {"actions": ["CALL", "WAIT", "DISCOUNT"]},
        {"actions": ["GIFT"]},
    ],
)
def test_whatever_says_more_is_left_out(changed):
    assert let_in(GOOD | changed) == {}


def test_a_doubled_row_is_none():
    assert let_in(GOOD, GOOD | {"text": "Call."}) == {}
    assert let_in("nonsense", 5, GOOD).keys() == {"r1"}


def test_only_codes_and_buckets_are_sent():
    sent = json.loads(wording.prompt({"r1": ASKED}))

    assert sent == [
        {
            "row": "r1",
            "reasons": [
                {"code": "late_bills", "bucket": "2-3"},
                {"code": "stars", "bucket": "1-2"},
            ],
        }
    ]


def test_a_fingerprint_knows_codes_buckets_and_language():
    others = [
        Asked(ASKED.reasons, "bn"),
        Asked(ASKED.reasons[:1], "en"),
        Asked((("late_bills", "4+"), ("stars", "1-2")), "en"),
    ]
    assert len({one.fingerprint for one in (ASKED, *others)}) == 4
    assert Asked(ASKED.reasons, "en").fingerprint == ASKED.fingerprint


@pytest.mark.parametrize(
    ("name", "value", "bucket"),
    [
        ("late_bills", 3, "2-3"),
        ("late_bills", 4, "4+"),
        ("overdue_days", 7, "1-7"),
        ("overdue_days", 8, "8-30"),
        ("usage_ratio", 0.5, "half or less"),
        ("speed_ratio", 0.6, "60-90 %"),
        ("outage_hours", 12, "12+"),
        ("nps", 6, "0-6"),
        ("tenure", 2.0794415, "7-24"),  # ln(1 + 7)
        ("stars", None, "unknown"),
    ],
)
def test_values_fall_into_buckets(name, value, bucket):
    assert buckets.of(name, value) == bucket


def test_every_feature_has_buckets():
    assert all(buckets.of(name, 1.0) for name in NAMES)


def test_the_strongest_reason_decides_what_to_do():
    assert proposed(["outage_hours", "late_bills", "nps"]) == ("TECHNICIAN", "PAYMENT_PLAN")
    assert proposed([]) == ("CALL",)
