"""What accounting means to other rooms: outages, and who had an address."""

from datetime import timedelta

import pytest

from network.addresses.queries import tracing
from network.gateways.base import RouterUnreachable
from network.outages.models import Outage
from network.outages.services import watching
from network.radius.models import RadiusNas
from network.services import health
from tests.factories.network import AccessFactory
from tests.factories.radius import RadiusNasFactory, RadiusSessionFactory

pytestmark = pytest.mark.django_db


def test_no_outage_is_proposed_while_accounting_arrives(at):
    nas = RadiusNasFactory(heard_at=at + timedelta(minutes=12))
    for router in (nas.router, AccessFactory().router, AccessFactory().router):
        AccessFactory(router=router)
    for minute in (0, 2):
        moment = at + timedelta(minutes=minute)
        health.note_failure(router=nas.router, error=RouterUnreachable("silent"), at=moment)

    watching.watch(at=at + timedelta(minutes=15))
    proposed = Outage.objects.count()
    RadiusNas.objects.update(heard_at=at)
    watching.watch(at=at + timedelta(minutes=16))

    assert (proposed, Outage.objects.count()) == (0, 1)


def test_who_had_an_address_is_told_by_accounting_to_the_second(at):
    session = RadiusSessionFactory(
        address="10.20.0.7",
        caller_id="AA:BB:CC:DD:EE:FF",
        began_at=at,
        last_at=at + timedelta(hours=1),
        ended_at=at + timedelta(hours=1),
    )

    def found(moment):
        return [
            (one.subscription.pk, one.is_certain, one.caller_id)
            for one in tracing.who(address="10.20.0.7", moment=moment)
        ]

    who = session.line.subscription_id
    assert found(at + timedelta(minutes=30)) == [(who, True, "AA:BB:CC:DD:EE:FF")]
    assert found(at + timedelta(minutes=63)) == [(who, False, "AA:BB:CC:DD:EE:FF")]
    assert found(at - timedelta(minutes=6)) == []
