"""A partner and the office: seen through the partner's eyes, a message, a payment."""

import re

from playwright.sync_api import expect

from billing.allocation.models import Payment
from customers.models import Customer
from ispbill.audit.models import AuditEvent
from ispbill.notifications.models import Message
from resellers.models import Reseller, ResellerMessage
from tests.journeys.conftest import eventually

DOOR = "/reseller-login/"


def partner():
    return Reseller.objects.get(user__login="r1@demo.test")


def test_the_office_looks_through_the_partners_eyes_and_goes_back(visit, town):
    page = visit("owner@demo.test")
    page.goto(f"/admin/resellers/{partner().number}/")

    page.get_by_role("link", name="View as reseller").click()
    page.locator("#dialog-body [name=reason]").fill("the partner asks about a price")
    page.get_by_role("button", name="Open the portal").click()

    expect(page).to_have_url(re.compile(r"/reseller-portal/$"))
    expect(page.get_by_role("status").first).to_contain_text("can change nothing here")
    page.get_by_role("button", name="Back to the console").click()
    expect(page).to_have_url(re.compile(r"/admin/resellers/$"))
    assert AuditEvent.objects.filter(action="reseller.viewed_as").count() == 1


def test_on_a_phone_a_partner_writes_to_own_customers_once_shown(visit, town):
    Customer.objects.filter(reseller_id=partner().pk).update(wants_sms=True)
    page = visit("r1@demo.test", door=DOOR, width=360)
    page.goto("/reseller-portal/messages/new/")

    page.locator("[name=text]").fill("Dear {name}, our shop is closed on Friday.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#outlook-title")).to_contain_text("message")
    page.get_by_role("button", name=re.compile(r"^Send \d+ message")).click()

    expect(page).to_have_url(re.compile(r"/reseller-portal/messages/$"))
    made = ResellerMessage.objects.get()
    mine = Customer.objects.filter(reseller_id=partner().pk).values("pk")
    sent = Message.objects.filter(event="staff_message", customer_id__in=mine)
    assert sent.count() == made.message_count > 0
    eventually(
        lambda: not sent.filter(state="QUEUED").exists(), seconds=60, what="the messages to leave"
    )


def test_a_partner_corrects_an_address_and_takes_a_payment(visit, town):
    customer = Customer.objects.filter(reseller_id=partner().pk, archived_at=None).earliest("pk")
    page = visit("r1@demo.test", door=DOOR)
    page.goto(f"/reseller-portal/customers/{customer.number}/")

    page.get_by_role("link", name="Edit").click()
    page.locator("[name=address]").fill("House 12, Road 3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("House 12, Road 3")).to_be_visible()

    page.get_by_role("link", name="Collect payment").last.click()
    before = Payment.objects.filter(customer=customer).count()
    page.locator("main [name=amount]").fill("100")
    page.locator("main form button[type=submit]").last.click()
    eventually(
        lambda: Payment.objects.filter(customer=customer).count() == before + 1,
        seconds=20,
        what="the payment",
    )
