"""Invoices for ticked customers: the one billing run, narrowed to them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from billing import tasks
from billing.changes.services import service_states
from billing.invoices.models import Invoice, Schedule
from billing.run.models import BillingRun
from billing.run.queries import left_out
from billing.run.services import cycle
from ispbill.audit.models import AuditEvent
from ispbill.core import clock, faults
from ispbill.core.acts import Act
from ispbill.reports.queries import proofs
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import scheduled
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 1, 29, 4, 0, tzinfo=UTC)
ON = date(2026, 1, 29)
URL = reverse("staff_billing:chosen-run")


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture(autouse=True)
def _owner(client):
    client.force_login(UserFactory(name="Mina"))


@pytest.fixture
def rung(monkeypatch):
    calls = []
    instead_of(monkeypatch, "billing.run_billing", lambda kwargs: calls.append(kwargs))
    return calls


def due(until=date(2026, 2, 5), **values):
    subscription = SubscriptionFactory(**values)
    scheduled(subscription, billed_until=until)
    return subscription


def shown(client, *services):
    return client.get(URL, {"ids": [one.customer_id for one in services]})


def confirm(client, *services, key=None):
    ids = ",".join(str(one.customer_id) for one in services)
    return client.post(URL, {"ids": ids, "key": str(key or uuid4())})


def billed():
    return set(Invoice.objects.values_list("customer_id", flat=True))


def test_what_would_be_billed_is_shown_and_who_gets_nothing_and_why(client):
    amina, babul = due(), due(until=date(2026, 3, 5))
    prepaid = due(mode="PREPAID")
    pending = SubscriptionFactory(status="PENDING", activated_on=None)
    stranger = due()

    page = shown(client, amina, babul, prepaid, pending)

    text = " ".join(page.content.decode().split())
    assert (page.context["shown"].customers, page.context["shown"].total) == (1, Decimal("1150.00"))
    assert {row["one"].number: row["one"].why for row in page.context["left_out"]} == {
        babul.customer.number: "NOT_DUE",
        prepaid.customer.number: "PREPAID",
        pending.customer.number: "PENDING",
    }
    assert "the next period starts 05 Mar 2026" in text
    assert stranger.customer.name not in text
    assert not Invoice.objects.exists()


def test_the_run_bills_the_chosen_alone_and_each_period_once(client, rung):
    amina, babul, stranger = due(), due(), due()
    key = uuid4()

    first, second = confirm(client, amina, babul, key=key), confirm(client, amina, babul, key=key)
    assert first.url == second.url == reverse("staff_billing:run-order", args=[str(key)])
    assert len(rung) == 1
    tasks.run_billing(**rung[0])
    tasks.run_billing(**rung[0])  # delivered twice
    assert billed() == {amina.customer_id, babul.customer_id}

    confirm(client, amina, babul)
    tasks.run_billing(**rung[1])
    cycle.run(on=ON, act=Act(None, NOW))  # the night's run takes who is left

    assert Invoice.objects.count() == 3
    assert billed() == {amina.customer_id, babul.customer_id, stranger.customer_id}
    chosen = sorted([amina.customer_id, babul.customer_id])
    assert list(BillingRun.objects.order_by("pk").values_list("customer_ids", flat=True)) == [
        chosen,
        None,
    ]
    order = AuditEvent.objects.filter(action="billing_run.requested").order_by("pk")[0]
    assert (order.actor_name, order.after["customers"]) == ("Mina", chosen)
    assert [finding.check for finding in proofs.check_all()] == []


def test_cut_off_in_the_middle_it_goes_on_with_the_same_customers(client, rung, monkeypatch):
    amina, babul, stranger = due(), due(), due()
    calls = []

    def cut(point):
        if point == "billing.chunk.before_commit":
            calls.append(point)
            if len(calls) == 2:
                raise KeyboardInterrupt

    monkeypatch.setattr(faults, "point", cut)
    with pytest.raises(KeyboardInterrupt):
        cycle.run(
            on=ON,
            act=Act(None, NOW),
            scope=cycle.scope_for(on=ON, customers=[amina.customer_id, babul.customer_id]),
            chunk=1,
        )
    monkeypatch.undo()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    instead_of(monkeypatch, "billing.run_billing", lambda kwargs: rung.append(kwargs))
    run = BillingRun.objects.get()
    assert (run.status, Invoice.objects.count()) == ("RUNNING", 1)

    page = client.get(reverse("staff_billing:run", args=[run.pk])).content.decode()
    client.post(reverse("staff_billing:retry-run", args=[run.pk]), {"key": str(uuid4())})
    tasks.run_billing(**rung[-1])

    run.refresh_from_db()
    assert "2 chosen by hand" in page
    assert (run.status, run.invoice_count) == ("COMPLETED", 2)
    assert stranger.customer_id not in billed()


def test_every_reason_to_be_left_out_has_its_words(client):
    suspended = due()
    service_states.suspend(
        subscription=suspended,
        kind="CUSTOMER_REQUEST",
        is_billed=False,
        on=ON,
        act=Act(None, NOW, reason="away for the winter"),
    )
    on_hold = due()
    Schedule.objects.filter(pk=on_hold.pk).update(held_at=NOW, held_periods=30)
    nobody = CustomerFactory()
    ids = [suspended.customer_id, on_hold.customer_id, nobody.pk]

    found = left_out.of(cycle.scope_for(on=ON, customers=ids))
    page = client.get(URL, {"ids": ids}).content.decode()

    assert {one.number: one.why for one in found} == {
        suspended.customer.number: "SUSPENDED",
        on_hold.customer.number: "ON_HOLD",
        nobody.number: "NO_SERVICE",
    }
    assert "Suspended, and not billed meanwhile" in page
    assert "Nothing is due" in page


def test_a_service_that_is_due_speaks_for_its_customer(client):
    amina = due()
    scheduled(
        SubscriptionFactory(customer=amina.customer, line_no=2), billed_until=date(2026, 3, 5)
    )

    assert left_out.of(cycle.scope_for(on=ON, customers=[amina.customer_id])) == []


def test_none_chosen_is_none_billed(client, rung):
    due()

    assert "Tick some customers first." in client.get(URL).content.decode()
    assert confirm(client).status_code == 422
    assert (
        cycle.run(on=ON, act=Act(None, NOW), scope=cycle.scope_for(on=ON, customers=[])).run is None
    )
    assert rung == []


def test_a_form_without_its_key_orders_nothing(client, rung):
    answer = client.post(URL, {"ids": str(due().customer_id)})

    assert (answer.status_code, rung) == (422, [])


def test_from_the_bar_the_page_is_opened_whole(client):
    answer = client.get(f"{URL}?ids=1&ids=2", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == f"{URL}?ids=1&ids=2"


def test_the_branch_in_the_top_bar_narrows_it(client, rung):
    own = BranchFactory()
    amina = due(customer=CustomerFactory(area=AreaFactory(branch=own)))
    session = client.session
    session["branch_id"] = own.pk
    session.save()

    confirm(client, amina, due())

    assert rung[0]["customers"] == [amina.customer_id]


@pytest.mark.parametrize("role", ["BRANCH_MANAGER", "CASHIER", "SUPPORT", "AUDITOR"])
def test_who_may_not_bill_is_refused_and_not_offered_it(client, rung, role):
    amina = due()
    client.force_login(UserFactory(role=role, branch=amina.customer.branch))

    assert shown(client, amina).status_code == 403
    assert confirm(client, amina).status_code == 403
    assert rung == []
    assert URL not in client.get(reverse("staff_customers:index")).content.decode()
