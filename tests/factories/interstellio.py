"""Services that Interstellio counts too."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from network.interstellio.models import InterstellioLink, InterstellioRun, InterstellioSettings
from tests.factories.network import AccessFactory


class InterstellioSettingsFactory(DjangoModelFactory):
    class Meta:
        model = InterstellioSettings

    pk = 1


class InterstellioLinkFactory(DjangoModelFactory):
    class Meta:
        model = InterstellioLink

    subscription = factory.LazyFunction(lambda: AccessFactory().subscription)
    username = factory.SelfAttribute("subscription.connection_id")
    remote_id = factory.Sequence(lambda n: f"r-{n}")


class InterstellioRunFactory(DjangoModelFactory):
    class Meta:
        model = InterstellioRun

    began_at = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
