"""Which price counts, and totals that are rounded once."""

from datetime import date
from decimal import Decimal

import pytest

from ispbill.notifications.rules import prices
from ispbill.notifications.rules.prices import Price

NEW_YEAR, MARCH = date(2026, 1, 1), date(2026, 3, 1)
LIST = (
    Price("SMS", "", "", NEW_YEAR, Decimal("0.35")),
    Price("SMS", "", "", MARCH, Decimal("0.40")),
    Price("SMS", "", "+88017", NEW_YEAR, Decimal("0.32")),
    Price("SMS", "twilio", "", NEW_YEAR, Decimal("6.10")),
    Price("WHATSAPP", "", "", MARCH, Decimal("0.90")),
)


@pytest.mark.parametrize(
    ("channel", "provider", "recipient", "on", "amount"),
    [
        ("SMS", "sslwireless", "+8801811000001", NEW_YEAR, "0.35"),
        ("SMS", "sslwireless", "+8801811000001", MARCH, "0.40"),
        ("SMS", "sslwireless", "+8801711000001", MARCH, "0.32"),  # the agreed one stays
        ("SMS", "twilio", "+8801711000001", MARCH, "6.10"),
        ("SMS", "sslwireless", "+8801811000001", date(2025, 12, 31), None),
        ("WHATSAPP", "whatsapp", "+8801711000001", NEW_YEAR, None),
        ("EMAIL", "smtp", "amina@demo.test", MARCH, None),
    ],
)
def test_the_nearest_price_of_the_day_counts(channel, provider, recipient, on, amount):
    found = prices.of_part(LIST, channel=channel, provider=provider, recipient=recipient, on=on)
    assert found == (None if amount is None else Decimal(amount))


def test_a_total_is_rounded_once():
    assert prices.rounded((3_200 * 1 + 1_800 * 3) * Decimal("0.35")) == Decimal("3010.00")
    assert prices.rounded(3 * Decimal("0.335")) == Decimal("1.01")
