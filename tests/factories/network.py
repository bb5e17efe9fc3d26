"""Routers and lines."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from ispbill.core import crypto
from network.models import Access, ProtocolNote, Router
from tests.factories.accounts import BranchFactory
from tests.factories.customers import SubscriptionFactory


class RouterFactory(DjangoModelFactory):
    class Meta:
        model = Router

    name = factory.Sequence(lambda n: f"router-{n}")
    host = "127.0.0.1"
    port = factory.Sequence(lambda n: 40000 + n % 20000)
    username = "ispbill"
    branch = factory.SubFactory(BranchFactory)
    sealed_password = factory.LazyAttribute(
        lambda router: crypto.seal("router-password", context=f"network.router:{router.seal_id}")
    )
    seal_id = factory.Faker("uuid4", cast_to=None)


class AccessFactory(DjangoModelFactory):
    """A line that is wanted open and that its router has never heard of."""

    class Meta:
        model = Access

    subscription = factory.SubFactory(SubscriptionFactory)
    customer = factory.SelfAttribute("subscription.customer")
    router = factory.SubFactory(RouterFactory)
    username = factory.SelfAttribute("subscription.connection_id")
    seal_id = factory.Faker("uuid4", cast_to=None)
    sealed_password = factory.LazyAttribute(
        lambda line: crypto.seal("pppoe-secret", context=f"network.access:{line.seal_id}")
    )
    desired_state = Access.State.OPEN
    desired_profile = "ispbill-30M-30M"
    desired_since = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
    password_generation = 1


class ProtocolNoteFactory(DjangoModelFactory):
    """A field no recorded router had."""

    class Meta:
        model = ProtocolNote

    router = factory.SubFactory(RouterFactory)
    kind = ProtocolNote.Kind.FIELD
    menu = "/ppp/secret"
    name = factory.Sequence(lambda n: f"field-{n}")
    first_seen_at = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
    last_seen_at = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
