"""A partner from the application to the payout, and a wallet: with both, office and portal."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from customers.models import Area, Customer
from ispbill.accounts.models import User
from resellers.models import Commission, Payout, Reseller, Transfer, Wallet
from tests.factories.payments import open_invoice
from tests.journeys.conftest import PASSWORD, eventually

DOOR = "/reseller-login/"
WHY = "agreed with the partner today"


def address(reseller, end=""):
    return f"/admin/resellers/{reseller.number}/{end}"


def confirm(page, **given):
    """Fill the form of a page or a dialog that asks, and send it."""
    for name, value in given.items():
        field = page.locator(f"main [name={name}]").first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.check()
        else:
            field.fill(value)
    page.locator("main form button[type=submit]").last.click()


@pytest.fixture
def customer(town):
    """Somebody of the house in one area, with a bill of 1,000."""
    found = Customer.objects.filter(reseller_id=None, archived_at=None, status="ACTIVE").earliest(
        "pk"
    )
    open_invoice(found, "1000.00")
    return found


def balance_of(reseller):
    return Wallet.objects.get(pk=reseller.pk).balance_amount


def test_a_prepaid_partner_is_taken_on_gets_a_customer_and_pays_from_the_wallet(
    visit, town, customer
):
    office = visit("owner@demo.test")
    office.goto("/admin/resellers/new/")
    area = Area.objects.get(pk=customer.area_id)
    office.locator("main [name=branch]").select_option(str(area.branch_id))
    office.locator("main [name=areas]").select_option(str(area.pk))
    office.locator("main [name=kind][value=PREPAID]").check()
    confirm(
        office,
        name="Quick Net",
        phone="01711000055",
        email="quick@net.test",
        percent="20",
        payout_account="bKash 01711000055",
    )
    expect(office.locator("h1")).to_contain_text("Quick Net")
    partner = Reseller.objects.get(name="Quick Net")
    office.goto(address(partner, "activate/"))
    confirm(office, reason=WHY)
    expect(office.locator("h1")).to_contain_text("Active")
    partner.refresh_from_db()
    login = User.objects.get(pk=partner.user_id)
    login.set_password(PASSWORD)  # as by the link that was sent
    login.save()

    office.goto(address(partner, "money/top-up/"))
    confirm(office, amount="700", method="EFT")
    expect(office.locator("main")).to_contain_text("700.00")
    office.goto("/admin/resellers/move/")
    confirm(office, customers=customer.number, to=str(partner.pk), reason=WHY, confirmed="on")
    eventually(
        lambda: Customer.objects.get(pk=customer.pk).reseller_id == partner.pk, what="the move"
    )

    page = visit("quick@net.test", door=DOOR, width=360)
    page.goto(f"/reseller-portal/collect/?customer={customer.number}")
    confirm(page, amount="1000")
    expect(page.locator("main")).to_contain_text("100.00 short")
    expect(page.get_by_role("link", name=re.compile("Top up"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    office.goto(address(partner, "money/top-up/"))
    confirm(office, amount="500", method="EFT")
    eventually(lambda: balance_of(partner) == Decimal("1200.00"), what="the second top-up")

    page.goto(f"/reseller-portal/collect/?customer={customer.number}")
    confirm(page, amount="1000")
    eventually(lambda: balance_of(partner) == Decimal("400.00"), what="the share and the payment")
    page.goto("/reseller-portal/commissions/")
    expect(page.locator("main")).to_contain_text("200.00")


def test_a_commission_partner_collects_remits_and_is_paid_out(visit, town):
    partner = Reseller.objects.get(user__login="r1@demo.test")
    theirs = Customer.objects.filter(reseller_id=partner.pk, archived_at=None).earliest("pk")
    open_invoice(theirs, "1150.00")
    page = visit("r1@demo.test", door=DOOR)
    page.goto(f"/reseller-portal/collect/?customer={theirs.number}")
    confirm(page, amount="1150")
    eventually(
        lambda: Wallet.objects.filter(pk=partner.pk, held_amount__gte=1150).exists(), what="cash"
    )

    page.goto("/reseller-portal/money/")
    confirm(page, amount="1150", method="EFT", reference="FT-0815")
    expect(page.locator("main")).to_contain_text("Waits for the office")
    held = Wallet.objects.get(pk=partner.pk).held_amount
    office = visit("billing@demo.test")
    office.goto(address(partner))
    office.get_by_role("link", name="Confirm").click()
    office.locator("#dialog-body button[type=submit]").click()
    eventually(
        lambda: Wallet.objects.get(pk=partner.pk).held_amount == held - 1150, what="remitted"
    )
    assert Transfer.objects.get(reseller=partner).status == "CONFIRMED"

    office.goto("/admin/commissions/?status=ACCRUED")
    office.get_by_role("button", name="Approve").click()
    eventually(
        lambda: Commission.objects.filter(reseller=partner, status="APPROVED").exists(),
        what="approved",
    )
    office.goto(f"/admin/reseller-payouts/new/{partner.pk}/")
    confirm(office, method="EFT", reference="FT-0816")
    eventually(lambda: Payout.objects.filter(reseller=partner).exists(), what="the payout")
    paid = Payout.objects.get(reseller=partner)
    assert paid.status == "PAID"
    page.goto("/reseller-portal/payouts/")
    expect(page.locator("main")).to_contain_text(paid.number)
    page.get_by_role("link", name="Statement as PDF").first.click()
    expect(page.locator("body")).to_be_visible()
