"""The timeline in sentences: actor, customer, bill, consequence."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from customers.queries import timeline
from customers.services import notes
from customers.views import happenings
from customers.views.happenings import Happening
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from network.models import RouterLog
from tests.factories import billing
from tests.factories.customers import CustomerFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chart():
    billing.chart()


def event(customer, action, at, **more):
    values = {"actor_name": "Nadia", "target_type": "x", "target_id": "1", "target_label": "amina"}
    return AuditEvent.objects.create(
        at=at, action=action, customer_id=customer.pk, **{**values, **more}
    )


def told(client, customer, rest=""):
    entries = client.get(f"/admin/customers/{customer.number}/{rest}").context["entries"]
    return [entry.plain for entry in entries]


def test_bills_and_payments_say_who_what_and_how_late(client, owner, at):
    customer = CustomerFactory()
    invoice = open_invoice(customer)
    payment = paid(customer, at=at, actor=owner)

    sentences = told(client, customer)

    assert any(
        line.startswith("Olive Owner took ")
        and "5 days late" in line
        and payment.receipt_number in line
        for line in sentences
    )
    assert any(line.startswith(f"Bill {invoice.number} of ") for line in sentences)
    assert sum(payment.receipt_number in line for line in sentences) == 1  # not by the trail too
    html = client.get(f"/admin/customers/{customer.number}/").content.decode()
    assert f'href="/admin/invoices/{invoice.number}/"' in html


def test_an_audited_act_names_the_person_and_what_changed(client, owner, at):
    customer = CustomerFactory()
    changed = {"before": {"language": "en"}, "after": {"language": "bn"}}
    event(customer, "customer.edited", at, **changed)
    event(customer, "subscription.suspended", at, actor_name="system", reason="Not paid")
    event(customer, "surprise.happened", at, after={"state": "NOT_KNOWN", "area_id": 7})

    entries = client.get(f"/admin/customers/{customer.number}/").context["entries"]

    assert {entry.plain: entry.detail for entry in entries} == {
        "Particulars changed by Nadia.": "Language: English → Bangla",
        "Line amina switched off.": "“Not paid”",
        "Surprise happened by Nadia.": "State: Not known",
    }


def test_equal_events_fold_and_notes_do_not():
    at = datetime(2026, 11, 22, 4, tzinfo=UTC)
    entries = [
        Happening(at - timedelta(days=days), "router", "neutral", ["Refused"]) for days in range(4)
    ]
    entries += [
        Happening(at, "writing", "warning", ["Noted"], note="x", note_id=pk) for pk in (1, 2)
    ]

    shown = happenings.folded(entries)

    assert [entry.plain for entry in shown] == ["Refused", "Noted", "Noted"]
    assert shown[0].again == "Same on 3 other days since 19 Nov 2026"


def test_a_stretch_leads_to_the_next_and_misses_nothing(owner, at):
    customer = CustomerFactory()
    for minute in range(7):
        event(customer, "customer.edited", at + timedelta(minutes=minute))
        notes.add(
            customer=customer, text=f"{minute}", author=owner, at=at + timedelta(hours=minute)
        )
    asked = [
        timeline.audited(customer, topic="", may=lambda _needs: True),
        timeline.noted(customer),
    ]

    seen, before = [], ""
    while True:
        found = timeline.stretch(asked, before=before, size=3)
        seen += [(row.source, row.pk) for row in found.rows]
        before = found.before
        if not before:
            break

    assert len(seen) == len(set(seen)) == 14


def test_who_may_not_see_the_network_reads_no_router(client, owner, sign_in):
    line = AccessFactory()
    RouterLog.objects.create(
        router=line.router, access=line, at=clock.now(), action="open", is_ok=True
    )
    event(line.customer, "line.profile_changed", clock.now())

    assert told(client, line.customer) != []
    sign_in(User.Role.CASHIER)
    assert told(client, line.customer) == []


def test_the_filters_show_their_kind_alone(client, owner, at):
    customer = CustomerFactory()
    event(customer, "customer.edited", at)
    event(customer, "subscription.activated", at)
    open_invoice(customer, str(Decimal("10.00")))
    headers = {"HX-Request": "true", "HX-Target": "timeline"}

    def kind(name):
        address = f"/admin/customers/{customer.number}/timeline/?kind={name}"
        return [entry.plain for entry in client.get(address, headers=headers).context["entries"]]

    assert kind("line") == ["Line amina activated by Nadia."]
    assert kind("account") == ["Particulars changed by Nadia."]
    assert [line[:5] for line in kind("money")] == ["Bill "]
