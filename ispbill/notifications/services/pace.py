"""Not faster than the provider allows, over all senders: a clock of free moments per channel."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from ispbill.core import statements

HORIZON_SECONDS = 5.0  # how far ahead one sender may book


@dataclass(frozen=True)
class Slots:
    """The moments a sender may call the provider: the first after `wait`, then every `gap`."""

    count: int
    wait: float = 0.0
    gap: float = 0.0


def offered(channel: str, *, limit: int) -> Slots:
    """Lock the channel's pace until the transaction ends and say how many calls fit in now."""
    rate = float(settings.MESSAGE_RATES.get(channel, 0))
    if not rate:
        return Slots(count=limit)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_gatewaypace (channel, free_at)"
            " VALUES (%s, clock_timestamp()) ON CONFLICT DO NOTHING",
            [channel],
        )
        cursor.execute(
            "SELECT free_at FROM notifications_gatewaypace WHERE channel = %s FOR UPDATE", [channel]
        )
        (free_at,) = cursor.fetchone()
        cursor.execute("SELECT extract(epoch FROM %s - clock_timestamp())", [free_at])
        wait = max(0.0, float(cursor.fetchone()[0]))
    room = int((HORIZON_SECONDS - wait) * rate)
    return Slots(count=max(0, min(limit, room)), wait=wait, gap=1 / rate)


def book(channel: str, slots: Slots, *, taken: int) -> None:
    """Use up `taken` of the offered slots, in the same transaction."""
    if not slots.gap or not taken:
        return
    statements.run(
        "UPDATE notifications_gatewaypace SET free_at = greatest(free_at, clock_timestamp())"
        " + %s * interval '1 second' WHERE channel = %s",
        [taken * slots.gap, channel],
    )
