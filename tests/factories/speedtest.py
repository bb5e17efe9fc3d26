"""Speed tests that came to an end."""

from datetime import UTC, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from network.speedtest.models import SpeedTest
from tests.factories.customers import SubscriptionFactory


class SpeedTestFactory(DjangoModelFactory):
    """A good test over the own line."""

    class Meta:
        model = SpeedTest

    subscription = factory.SubFactory(SubscriptionFactory)
    customer = factory.SelfAttribute("subscription.customer")
    started_at = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
    finished_at = factory.SelfAttribute("started_at")
    place = SpeedTest.Place.OWN
    sold_download_mbps = 30
    sold_upload_mbps = 30
    download_mbps = Decimal("28.50")
    upload_mbps = Decimal("29.00")
    ping_ms = Decimal("4.2")
    jitter_ms = Decimal("0.7")
    percent = 95
    verdict = SpeedTest.Verdict.GOOD
