"""What customers of the demo measured lately: most as sold, some over Wi-Fi, one street low."""

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground
from network.speedtest.models import SpeedTest, SpeedTestSettings
from network.speedtest.rules import verdicts
from network.speedtest.rules.verdicts import Speeds
from network.speedtest.services import settings

LINES = 120
MOST_EACH = 6


def measured(*, base: Ground, seed: int, now: datetime) -> None:
    """Write the tests of a few weeks; the demo's own browser counts as on the customer's line."""
    act = Act(base.staff["owner@demo.test"], now, reason="The demo is shown on one machine")
    settings.change(values={"networks": "127.0.0.0/8, ::1/128"}, act=act)
    limits = SpeedTestSettings.current()
    luck = Random(seed)
    lines = Subscription.objects.filter(status="ACTIVE", access__desired_state="OPEN")
    SpeedTest.objects.bulk_create(
        _test(service, at=at, share=share, luck=luck, limits=limits)
        for service in lines.order_by("connection_id").select_related("customer")[:LINES]
        for at, share in _times(service, luck=luck, now=now)
    )


def _times(service: Subscription, *, luck: Random, now: datetime) -> list[tuple[datetime, float]]:
    """Return when a service was tested, and how good its line was."""
    is_low = service.customer.area_id % 7 == 0
    usual = luck.uniform(0.3, 0.6) if is_low else luck.uniform(0.7, 1.02)
    moments = sorted(
        now - timedelta(minutes=luck.randrange(60, 60 * 24 * 40))
        for _n in range(luck.randrange(1, MOST_EACH))
    )
    return [(at, usual * luck.uniform(0.85, 1.05)) for at in moments]


def _test(
    service: Subscription, *, at: datetime, share: float, luck: Random, limits: SpeedTestSettings
) -> SpeedTest:
    sold = Speeds(Decimal(service.download_mbps), Decimal(service.upload_mbps))
    found = Speeds(_of(sold.download, share), _of(sold.upload, share * luck.uniform(0.9, 1.0)))
    percent = verdicts.percent_of(found, sold)
    is_own = luck.random() > 0.06
    judged = verdicts.verdict_of(percent, good=limits.good_percent, weak=limits.weak_percent)
    return SpeedTest(
        subscription=service,
        customer_id=service.customer_id,
        started_at=at,
        finished_at=at + timedelta(seconds=24),
        address=f"10.99.{luck.randrange(1, 250)}.{luck.randrange(2, 250)}",
        place=SpeedTest.Place.OWN if is_own else SpeedTest.Place.FOREIGN,
        medium=luck.choice(["CABLE", "WIFI", "WIFI", ""]),
        sold_download_mbps=service.download_mbps,
        sold_upload_mbps=service.upload_mbps,
        download_mbps=found.download,
        upload_mbps=found.upload,
        ping_ms=_of(Decimal(6), luck.uniform(0.5, 4)).quantize(Decimal("0.1")),
        jitter_ms=_of(Decimal(2), luck.uniform(0.1, 4)).quantize(Decimal("0.1")),
        percent=percent,
        verdict=judged if is_own else "",
        used_bytes=int((found.download + found.upload) * limits.seconds * 125_000),
    )


def _of(value: Decimal, share: float) -> Decimal:
    return (value * Decimal(str(share))).quantize(Decimal("0.01"))
