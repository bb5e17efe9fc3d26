"""What differs on routers, users they had before us, and addresses."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from network.addresses.models import IpPool
from network.drift.models import DriftFinding, DriftLook
from network.takeover.models import FoundUser
from tests.factories.network import RouterFactory

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


class DriftLookFactory(DjangoModelFactory):
    class Meta:
        model = DriftLook

    router = factory.SubFactory(RouterFactory)
    at = AT
    by_name = "system"


class DriftFindingFactory(DjangoModelFactory):
    """An unknown user on a router."""

    class Meta:
        model = DriftFinding

    router = factory.SubFactory(RouterFactory)
    kind = "not known to us"
    name = factory.Sequence(lambda n: f"stranger-{n}")
    first_seen_at = AT
    last_seen_at = AT


class FoundUserFactory(DjangoModelFactory):
    """A user nobody knows yet."""

    class Meta:
        model = FoundUser

    router = factory.SubFactory(RouterFactory)
    name = factory.Sequence(lambda n: f"before-{n}")
    is_disabled = False
    read_at = AT


class IpPoolFactory(DjangoModelFactory):
    """A /24 each."""

    class Meta:
        model = IpPool

    name = factory.Sequence(lambda n: f"pool-{n}")
    cidr = factory.Sequence(lambda n: f"10.200.{n % 250}.0/24")
    kind = IpPool.Kind.PRIVATE
