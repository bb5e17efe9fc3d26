"""A recharge card typed on a small phone: the line whose time was over opens on the router."""

from datetime import UTC, datetime

from playwright.sync_api import expect

from billing.invoices.models import Schedule
from billing.prepaid.services import prepaid_run, prepaid_terms
from customers.models import Subscription
from ispbill.core import clock
from ispbill.core.acts import Act
from network.models import Access
from tests.factories.payments import codes_of, voucher_batch
from tests.journeys.conftest import eventually


def test_a_card_typed_on_a_phone_opens_the_line(visit):
    service = Subscription.objects.get(customer__phone="+8801711000002")
    prepaid_terms.switch_mode(
        subscription=service, mode="PREPAID", act=Act.now(None, reason="The customer pays by card")
    )
    expiry = Schedule.objects.get(subscription=service).billed_until
    at = datetime(expiry.year, expiry.month, expiry.day, 6, tzinfo=UTC)
    clock.set_simulated(at)
    prepaid_run.run(act=Act(None, at))
    assert Access.objects.get(subscription=service).desired_state == "WALLED"
    _settled(service, "WALLED")
    code = codes_of(voucher_batch(at=at, value="1150.00"))[0]

    page = visit("01711000002", door="/portal/login", width=360)
    page.get_by_role("link", name="Top up or renew").first.click()
    expect(page.get_by_text("over").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.fill("input[name=code]", code.lower())
    page.get_by_role("button", name="Redeem").click()

    expect(page.get_by_text("The service is paid until").first).to_be_visible()
    _settled(service, "OPEN")
    service.refresh_from_db()
    assert service.status == Subscription.Status.ACTIVE

    page.fill("input[name=code]", code)
    page.get_by_role("button", name="Redeem").click()
    expect(page.get_by_text("not good").first).to_be_visible()


def _settled(service, state):
    """Wait until the virtual router itself has confirmed the state of the line."""
    eventually(
        lambda: Access.objects.filter(
            subscription=service, confirmed_state=state, desired_state=state
        ).exists(),
        seconds=30,
        what=f"the router's {state}",
    )
