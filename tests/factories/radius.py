"""Routers that ask RADIUS, their sessions and what FreeRADIUS wrote down."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from network.models import Router
from network.radius.models import (
    RadiusAnswer,
    RadiusNas,
    RadiusRecord,
    RadiusSession,
    RadiusSettings,
    RadiusUser,
)
from network.radius.services import keys
from tests.factories.network import AccessFactory, RouterFactory

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


class RadiusNasFactory(DjangoModelFactory):
    class Meta:
        model = RadiusNas

    router = factory.SubFactory(
        RouterFactory,
        uses_radius=True,
        suspend_mode=Router.SuspendMode.PROFILE,
        address_pool="pppoe-pool",
        walled_pool="expired-pool",
    )
    address = factory.Sequence(lambda n: f"10.9.{n // 250}.{n % 250 + 1}")
    secret = factory.LazyFunction(lambda: keys.seal("nas-secret"))
    since = SINCE


class RadiusUserFactory(DjangoModelFactory):
    class Meta:
        model = RadiusUser

    line = factory.SubFactory(AccessFactory)
    secret = factory.LazyFunction(lambda: keys.seal("pppoe-secret"))
    password_generation = 1
    is_alone = True


class RadiusSessionFactory(DjangoModelFactory):
    class Meta:
        model = RadiusSession

    line = factory.SubFactory(AccessFactory)
    router = factory.SelfAttribute("line.router")
    unique_id = factory.Sequence(lambda n: f"u{n}")
    session_id = factory.Sequence(lambda n: f"8{n:07x}")
    began_at = datetime(2026, 1, 10, 3, 0, tzinfo=UTC)
    last_at = datetime(2026, 1, 10, 3, 55, tzinfo=UTC)


class RadiusRecordFactory(DjangoModelFactory):
    class Meta:
        model = RadiusRecord

    nas_address = "10.9.0.1"
    status = "Interim-Update"
    received_at = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


class RadiusAnswerFactory(DjangoModelFactory):
    class Meta:
        model = RadiusAnswer

    nas_address = "10.9.0.1"
    reply = "Access-Accept"


class RadiusSettingsFactory(DjangoModelFactory):
    class Meta:
        model = RadiusSettings

    pk = 1
    server_address = "10.0.0.2"
