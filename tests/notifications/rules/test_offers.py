"""When offers may go, and what messages cost."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ispbill.notifications.rules import offers

DHAKA, JOBURG = ZoneInfo("Asia/Dhaka"), ZoneInfo("Africa/Johannesburg")


@pytest.mark.parametrize(
    ("at", "country", "expected"),
    [
        ("2026-01-10 09:59", "BD", "2026-01-10 10:00"),
        ("2026-01-10 10:00", "BD", "2026-01-10 10:00"),
        ("2026-01-10 20:00", "BD", "2026-01-11 10:00"),
        ("2026-01-10 20:30", "IN", "2026-01-10 20:30"),
        ("2026-01-10 13:00", "ZA", "2026-01-12 08:00"),  # Saturday afternoon
        ("2026-01-11 12:00", "ZA", "2026-01-12 08:00"),  # Sunday
        ("2026-04-03 12:00", "ZA", "2026-04-04 09:00"),  # Good Friday
    ],
)
def test_offers_go_within_their_window(at, country, expected):
    zone = JOBURG if country == "ZA" else DHAKA
    moment = datetime.fromisoformat(at).replace(tzinfo=zone).astimezone(UTC)

    chance = offers.first_chance(moment, zone=zone, country=country, holidays={date(2026, 4, 3)})

    assert chance.astimezone(zone).strftime("%Y-%m-%d %H:%M") == expected
