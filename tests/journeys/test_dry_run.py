"""A day is worked out by one person, approved by another, and done exactly so, or refused."""

import re
from datetime import date
from decimal import Decimal

from playwright.sync_api import expect

from billing.dunning.models import DunningEvent
from billing.invoices.models import Invoice
from billing.run.models import DryRun
from customers.models import Customer, Subscription
from ispbill.core import clock
from ispbill.notifications.models import Message
from ispbill.reports.queries import proofs
from tests.factories.dunning import DunningPolicyFactory, ladder
from tests.factories.payments import open_invoice, paid

DAY = date(2026, 1, 10)  # the company's day in the fixture
KINDS = {"REMIND": "TELL", "LATE_FEE": "FEE", "SUSPEND": "CUT"}


def debtors():
    """Amina is to be reminded and charged today; Faruk is to be cut off."""
    policy = DunningPolicyFactory(
        customer_kind="",
        grace_days=None,
        minimum_amount=None,
        late_fee_amount=Decimal("50.00"),
        late_fee_since=date(2026, 1, 8),
    )
    ladder(policy, ("REMIND", 1), ("LATE_FEE", 1), ("SUSPEND", None))
    amina = Customer.objects.get(phone="+8801711000001")
    faruk = Customer.objects.get(phone="+8801711000006")
    open_invoice(amina, amount="575.00", due=date(2026, 1, 9))
    open_invoice(faruk, amount="575.00", due=date(2026, 1, 5))
    return amina, faruk


def work_out(page):
    page.goto("/admin/billing/rehearsals/")
    page.fill("input[name=date]", DAY.isoformat())
    page.get_by_role("button", name="Work it out").click()
    page.wait_for_url(re.compile(r"/rehearsals/\d+/"))
    return DryRun.objects.latest("pk")


def test_one_proposes_another_approves_and_it_is_done_so(visit):
    amina, faruk = debtors()
    Message.objects.all().delete()

    clerk = visit("billing@demo.test")
    row = work_out(clerk)
    expect(clerk.get_by_text(row.plan_hash)).to_be_visible()
    messages = clerk.locator("[data-part=messages]")
    expect(messages).to_contain_text(amina.number)
    expect(messages).to_contain_text("Payment overdue")
    expect(clerk.locator("[data-part=late-fees]")).to_contain_text("57.50")
    expect(clerk.locator("[data-part=cuts]")).to_contain_text(faruk.number)
    assert not Invoice.objects.filter(kind="LATE_FEE").exists()

    chief = visit("owner@demo.test")
    chief.goto(f"/admin/billing/rehearsals/{row.pk}/")
    expect(chief.get_by_text(row.plan_hash)).to_be_visible()
    chief.get_by_role("button", name="Approve and do it").click()
    expect(chief.get_by_text(re.compile("Done as approved"))).to_be_visible(timeout=30_000)

    row.refresh_from_db()
    assert row.proposed_by_id != row.approved_by_id
    assert Subscription.objects.get(customer=faruk).status == "SUSPENDED"
    assert Invoice.objects.get(kind="LATE_FEE").customer == amina
    assert Message.objects.filter(event="payment_overdue", customer_id=amina.pk).exists()
    done = {
        (KINDS[action], pk)
        for action, pk in DunningEvent.objects.filter(on=DAY, outcome="DONE").values_list(
            "action", "customer_id"
        )
    }
    assert done == set(row.parts.exclude(kind="BILL").values_list("kind", "customer_id"))
    assert {("FEE", amina.pk), ("TELL", amina.pk), ("CUT", faruk.pk)} <= done
    assert proofs.check_all() == []


def test_what_has_changed_since_is_refused(visit):
    amina, _faruk = debtors()
    clerk = visit("billing@demo.test")
    row = work_out(clerk)

    chief = visit("owner@demo.test")
    chief.goto(f"/admin/billing/rehearsals/{row.pk}/")
    paid(amina, "575.00", at=clock.now())  # at the counter, while the chief reads
    chief.get_by_role("button", name="Approve and do it").click()
    expect(chief.get_by_text("The data has changed since this plan was made")).to_be_visible()
    expect(chief.get_by_role("button", name="Approve and do it")).to_have_count(0)
    row.refresh_from_db()
    assert row.status == "PROPOSED"

    assert not DunningEvent.objects.filter(on=DAY).exists()
    assert not Invoice.objects.filter(kind="LATE_FEE").exists()

    clerk.goto(f"/admin/billing/rehearsals/{row.pk}/")
    clerk.get_by_role("button", name="Withdraw").click()
    clerk.wait_for_url(re.compile(r"/rehearsals/$"))
    row = work_out(clerk)
    expect(clerk.locator("[data-part=messages]")).not_to_contain_text(amina.number)
    assert (row.status, row.figures["late_fees"]) == ("PROPOSED", 0)
