"""Real threads: whoever pays while the run is cutting is never left cut off after paying."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from billing.dunning.models import DunningEvent
from billing.dunning.services import dunning, steps
from billing.invoices.models import Invoice
from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from network.models import Access
from tests.factories.billing import chart
from tests.factories.customers import SubscriptionFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.factories.payments import open_invoice, paid
from tests.laws import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ON = date(2026, 1, 10)
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def together(*works: Callable[[], object]) -> list[BaseException]:
    """Run the works at once, each on a connection of its own; return what went wrong."""
    gate, wrong = threading.Barrier(len(works)), []

    def run(work):
        try:
            gate.wait(10)
            work()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return wrong


def debtors(count):
    chart()
    router = RouterFactory()
    found = [SubscriptionFactory() for _one in range(count)]
    for one in found:
        AccessFactory(subscription=one, router=router)
        open_invoice(one.customer)
    return found


@pytest.mark.parametrize("round_", range(3))
def test_paying_while_the_run_cuts_never_leaves_a_paid_line_off(round_):
    found = debtors(6)

    def pay():
        for one in found[round_ % 2 :: 2]:
            paid(one.customer, at=AT)

    wrong = together(
        pay,
        lambda: dunning.suspend_overdue(on=ON, act=Act(None, AT)),
        lambda: dunning.suspend_overdue(on=ON, act=Act(None, AT)),
    )

    assert wrong == []
    for one in found:
        one.refresh_from_db()
        is_paid = one in found[round_ % 2 :: 2]
        assert one.status == ("ACTIVE" if is_paid else "SUSPENDED")
        line = Access.objects.get(subscription=one)
        assert line.desired_state == ("OPEN" if is_paid else "WALLED")
    assert not Invoice.objects.filter(customer=found[round_ % 2].customer, amount_due__gt=0)
    assert at_once.broken() == []


def test_two_runs_at_once_send_each_message_and_take_each_step_once():
    found = debtors(5)
    on = date(2026, 1, 5)

    wrong = together(*[lambda: steps.send(on=on, at=AT)] * 3)

    assert wrong == []
    done = DunningEvent.objects.filter(outcome="DONE", action="REMIND")
    assert done.count() == len(found)
    sms = Message.objects.filter(event="payment_overdue") | Message.objects.filter(
        event="payment_due_today"
    )
    assert sms.filter(channel="SMS").count() == len(found)
    assert Subscription.objects.filter(status="ACTIVE").count() == len(found)
    assert Decimal(done.first().facts["amount"]) == Decimal("1150.00")
