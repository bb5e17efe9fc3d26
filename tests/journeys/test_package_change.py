"""Amina asks for more speed on her phone; the office approves; her line and her bill follow."""

import re

from django.conf import settings
from playwright.sync_api import expect

from billing.invoices.models import CreditNote
from billing.pricing.models import PackageChange
from customers.models import Customer, Subscription
from ispbill.devtools.sandbox import config
from ispbill.devtools.sandbox.routeros.control import Control
from ispbill.reports.queries import proofs
from network.models import Access
from network.tasks import push_router
from tests.journeys.conftest import eventually


def profile_of(customer):
    """The profile of the line in the router's own record; None while it has none."""
    control = Control(str(config.routers_control(settings.SANDBOX_DIR)))
    access = Access.objects.select_related("router").get(customer=customer)
    secrets = {row["name"]: row for row in control.secrets(access.router.name)}
    return secrets.get(access.username, {}).get("profile")


def test_from_the_portal_to_the_router_and_the_bill(visit):
    amina = Customer.objects.get(phone="+8801711000001")
    for router_id in set(Access.objects.values_list("router_id", flat=True)):
        push_router.delay(router_id=router_id)
    eventually(lambda: profile_of(amina) is not None, what="the line on the router")
    before = profile_of(amina)

    phone = visit("01711000001", door="/portal/login", width=360, javascript=False)
    phone.goto("/portal/package/")
    phone.locator("a.btn-primary").first.click()
    card = phone.locator("section.card", has_text="Home 50")
    card.locator("a.btn-primary").click()
    expect(phone.locator("[data-quote-total]")).to_contain_text(re.compile("482.25|৪৮২.২৫"))
    phone.locator("form[method=post] button.btn-primary").click()
    phone.wait_for_url(re.compile(r"/portal/package/requests/\d+/"))
    change = PackageChange.objects.get()
    assert (change.status, change.origin) == ("REQUESTED", "PORTAL")

    office = visit("billing@demo.test")
    office.goto("/admin/package-changes/")
    office.get_by_role("link", name="Approve", exact=True).click()
    dialog = office.locator("dialog[open]")
    expect(dialog.locator("[data-quote-total]")).to_contain_text("482.25")
    dialog.get_by_role("button", name="Approve", exact=True).click()
    expect(dialog).to_be_hidden()

    change.refresh_from_db()
    assert change.status == "APPLIED"
    eventually(lambda: profile_of(amina) != before, what="the new profile on the router")
    assert profile_of(amina) == Access.objects.get(customer=amina).desired_profile
    assert Subscription.objects.get(customer=amina).package.name == "Home 50"

    phone.reload()
    expect(phone.get_by_text(change.invoice.number)).to_be_visible()
    expect(phone.get_by_text(CreditNote.objects.get().number)).to_be_visible()
    phone.goto(f"/portal/invoices/{change.invoice.number}/")
    expect(phone.get_by_text(re.compile("482.25|৪৮২.২৫")).first).to_be_visible()
    assert proofs.check_all() == []
