"""Chitra was cut off yesterday. She pays at the counter; her line is back within seconds."""

import re

from django.conf import settings
from playwright.sync_api import expect

from billing.allocation.models import Payment
from customers.models import Customer, Subscription
from ispbill.audit.models import AuditEvent
from ispbill.devtools.sandbox import config
from ispbill.devtools.sandbox.routeros.control import Control
from ispbill.reports.queries import proofs
from network.models import Access
from network.tasks import push_router
from tests.journeys.conftest import eventually


def is_closed(customer):
    """Whether the router's own record of the line is disabled; None while it has none."""
    secret = line_of(customer)
    return None if secret is None else str(secret["disabled"]).lower() in {"true", "yes"}


def line_of(customer):
    control = Control(str(config.routers_control(settings.SANDBOX_DIR)))
    access = Access.objects.select_related("router").get(customer=customer)
    secrets = {row["name"]: row for row in control.secrets(access.router.name)}
    return secrets.get(access.username)


def test_a_payment_at_the_counter_brings_the_line_back_within_seconds(visit):
    chitra = Customer.objects.get(phone="+8801711000003")
    for router_id in set(Access.objects.values_list("router_id", flat=True)):
        push_router.delay(router_id=router_id)
    eventually(lambda: is_closed(chitra) is True, what="the closed line on the router")
    page = visit("cashier@demo.test")

    page.goto("/admin/customers/")
    page.keyboard.press("p")
    dialog = page.locator("dialog[open]")
    search = dialog.get_by_role("combobox")
    expect(search).to_be_focused()
    search.press_sequentially("1000003")
    amount = dialog.locator("input[name=amount]")
    expect(amount).to_have_value(re.compile("1,?725"))
    dialog.locator("input[name=reference]").fill("8N7A6D5EE7")  # of the bKash payment it takes
    amount.press("Enter")

    expect(dialog.get_by_text(re.compile(r"RCP-2026-\d{5}")).first).to_be_visible()
    payment = Payment.objects.filter(customer=chitra).latest("pk")
    assert str(payment.amount) == "1725.00"
    access = Access.objects.get(customer=chitra)
    eventually(  # by the payment's own ring: nothing sweeps here
        lambda: Access.objects.get(pk=access.pk).confirmed_state == "OPEN",
        seconds=60,
        what="the reactivation on the router",
    )
    assert is_closed(chitra) is False
    assert Subscription.objects.get(customer=chitra).status == "ACTIVE"
    event = AuditEvent.objects.get(action="subscription.reactivated", customer_id=chitra.pk)
    assert event.before == {"status": "SUSPENDED"}
    assert event.after == {"status": "ACTIVE"}
    assert proofs.check_all() == []

    owner = visit("owner@demo.test")
    owner.goto(f"/admin/audit/?customer={chitra.number}")
    expect(owner.get_by_text("switched on again").first).to_be_visible()
