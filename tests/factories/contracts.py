"""Templates and contracts, made through their services."""

from datetime import UTC, date, datetime, timedelta

from contracts.models import Contract, SigningCode
from contracts.services import agreements, drafting, signing
from contracts.services.signing import Hand, Origin
from contracts.views import starting
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.customers import SubscriptionFactory

TENTH = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)  # 10:00 in Dhaka
LINE = [[[step * 20, 300 + step, step * 10, 0.5] for step in range(40)]]


def agreement(kind="RESIDENTIAL", name="Home", **values):
    given = starting.values()
    given["fee_rate"] = given.pop("fee_percent") / 100
    made = agreements.create(name=name, kind=kind, values={**given, **values}, act=Act(None, TENTH))
    return agreements.make_default(agreement=made, act=Act(None, TENTH))


def draft(service=None, *, starts_on=date(2026, 1, 10), made=None, **values):
    service = service or SubscriptionFactory()
    made = made or agreement(kind=service.customer.kind, **values)
    return drafting.draw_up(
        service=service,
        version=agreements.newest(made),
        starts_on=starts_on,
        act=Act(UserFactory(), TENTH),
    )


def sent(*args, **values):
    return drafting.send(contract=draft(*args, **values), act=Act(None, TENTH))


def code_of(contract):
    """Return the code that was sent last."""
    row = SigningCode.objects.filter(contract=contract).latest("pk")
    message = Message.objects.get(event="contract_code", dedup_key__contains=f":{row.pk}")
    return message.context["code"]


def hand(strokes=LINE, name="Rahim Uddin"):
    return Hand(name=name, consent="I agree.", consent_language="en", strokes=strokes)


def signed(*args, at=TENTH + timedelta(hours=1), **values):
    contract = sent(*args, **values)
    signing.ask_code(contract=contract, hand=hand(), ip="", act=Act(None, at))
    signing.confirm(
        contract=contract,
        code=code_of(contract),
        origin=Origin("LINK", "203.0.113.7", "test"),
        act=Act(None, at + timedelta(minutes=1)),
    )
    return Contract.objects.get(pk=contract.pk)
