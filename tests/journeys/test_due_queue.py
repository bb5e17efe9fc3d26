"""Two are to be cut tonight: one is excluded, another grace is tried, the run cuts the other."""

import re
from datetime import date

from playwright.sync_api import expect

from billing.dunning.models import DunningEvent
from billing.tasks import apply_suspensions
from customers.models import AccountState, Customer, Subscription
from ispbill.audit.models import AuditEvent
from ispbill.reports.queries import proofs
from tests.factories.payments import open_invoice
from tests.journeys.conftest import eventually

DUE = date(2026, 1, 5)


def test_the_excluded_stays_on_line_and_the_other_is_cut(visit):
    amina = Customer.objects.get(phone="+8801711000001")
    faruk = Customer.objects.get(phone="+8801711000006")
    for customer in (amina, faruk):
        open_invoice(customer, amount="575.00", due=DUE)
    page = visit("billing@demo.test")

    page.goto("/admin/billing/due/?show=tonight")
    rows = page.locator("#queue tr[data-row]")
    expect(rows).to_have_count(2)
    row = page.locator(f"tr[data-row='{amina.number}']")
    expect(row).to_contain_text("Will be suspended by the next run", use_inner_text=False)
    row.locator(".row-why > summary").click()
    row.get_by_text("All facts of the decision").click()
    expect(row).to_contain_text("Last day of grace")

    row.locator("input[name=ids]").check()
    page.locator("[data-bulk]").get_by_role("button", name="Exclude").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("input[name=until]").fill("2026-01-20")
    dialog.locator("select[name=reason_code]").select_option("DISPUTE")
    dialog.locator("textarea[name=reason]").fill("The bill of January is being checked")
    dialog.get_by_role("button", name="Exclude").click()
    expect(rows).to_have_count(1)
    assert AccountState.objects.get(customer=amina).excluded_until == date(2026, 1, 20)

    page.goto("/admin/billing/due/?grace=10")
    expect(page.get_by_text(re.compile("Simulated with 10 days of grace"))).to_be_visible()
    expect(page.get_by_text(re.compile("By the next run 0 customers"))).to_be_visible()
    assert Subscription.objects.get(customer=faruk).status == "ACTIVE"

    apply_suspensions.delay()
    eventually(
        lambda: Subscription.objects.get(customer=faruk).status == "SUSPENDED",
        seconds=30,
        what="the cut",
    )
    assert Subscription.objects.get(customer=amina).status == "ACTIVE"
    step = DunningEvent.objects.get(customer=faruk, action="SUSPEND")
    assert step.facts["reason"] == "grace_over"
    event = AuditEvent.objects.get(action="exclusion.given", customer_id=amina.pk)
    assert event.actor_name
    page.goto(f"/admin/billing/dunning/simulation/?customer={amina.number}")
    expect(page.get_by_text(re.compile("excluded until 20 Jan 2026"))).to_be_visible()
    assert proofs.check_all() == []
