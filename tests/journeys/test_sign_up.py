"""An invited friend orders on a phone, is connected, pays, and who invited is credited."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from customers.models import AccountState, Customer, Referral, Subscription
from customers.services import referrals
from fieldservice.models import WorkOrder
from fieldservice.services import orders
from fieldservice.services.orders import Slot
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.demo import e2e
from signup.models import Order
from tests.factories.fieldservice import answered, at_work
from tests.factories.payments import paid
from tests.journeys.conftest import eventually

IS_NARROW = "document.documentElement.scrollWidth <= window.innerWidth"


def installed(number):
    """Give the job to a technician, who goes and completes it; the office's pages have theirs."""
    from fieldservice.services import completion, evidence
    from fieldservice.services.evidence import Signed

    job = WorkOrder.objects.get(reference=number)
    owner, who = [User.objects.get(login=f"{one}@demo.test") for one in ("owner", "tech1")]
    start = e2e.moment(e2e.BUSINESS_DATE, 14)
    slot = Slot(who, start, start + timedelta(hours=2))
    act = Act(owner, e2e.moment(e2e.BUSINESS_DATE, 10))
    job = orders.assign(order=job, slot=slot, version=job.version, is_confirmed=True, act=act)
    visit = answered(at_work(job, who, moment=start), who, moment=start)
    evidence.sign(visit=visit, signed=Signed([], "Nadia"), moment=start, act=Act(who, start))
    completion.complete(order=job, moment=start, act=Act(who, start))


def test_from_an_invitation_to_the_line_and_the_reward(visit):
    amina = Customer.objects.get(name="Amina Begum")
    code = referrals.code_of(amina, at=e2e.moment(e2e.BUSINESS_DATE))
    before = AccountState.objects.get(customer=amina).balance_amount

    home = visit(width=360)
    home.goto(f"/r/{code}")
    home.get_by_role("link", name="Get connected", exact=True).click()
    home.get_by_label("Area", exact=True).select_option(label="Mirpur-10")
    home.get_by_role("button", name="Continue").click()
    expect(home.get_by_text("We serve Mirpur-10.")).to_be_visible()
    home.get_by_role("radio", name=re.compile("Home 30")).check()
    home.get_by_label("Bill date").select_option("5")
    home.get_by_role("button", name="Continue").click()
    expect(home.get_by_label("Invitation code")).to_have_value(code)
    home.get_by_label("Name", exact=True).fill("Nadia Khan")
    home.get_by_label("Phone", exact=True).fill("01911 222 333")
    home.get_by_label("Address", exact=True).fill("House 5, Road 2")
    home.get_by_role("button", name="Continue").click()
    expect(home.get_by_text("Your first bill, if the line is in today")).to_be_visible()
    home.get_by_role("button", name="Send the code").click()
    expect(home.get_by_label("Code from the SMS")).to_be_visible()
    assert home.evaluate(IS_NARROW)

    home.get_by_label("Code from the SMS").fill(sent_code(visit(width=360)))
    home.get_by_role("button", name="Confirm").click()
    expect(home.get_by_text("We look at your order and call you")).to_be_visible()
    assert home.evaluate(IS_NARROW)
    number = Order.objects.get().number

    desk = visit("sales@demo.test", width=1440)
    desk.goto("/admin/orders/")
    desk.get_by_role("link", name=number).click()
    expect(desk.get_by_role("heading", name=number)).to_be_visible()
    desk.get_by_role("link", name="Accept", exact=True).click()
    desk.get_by_role("dialog").get_by_role("button", name="Accept").click()
    expect(desk.get_by_role("link", name="Schedule install")).to_be_visible()

    installed(number)
    friend = Customer.objects.get(phone="+8801911222333")
    assert Subscription.objects.get(customer=friend).status == "ACTIVE"
    eventually(lambda: Order.objects.get().state == "ACTIVE", seconds=60, what="the order followed")
    home.reload()
    expect(home.locator("[aria-current=step]")).to_contain_text("In use")

    paid(friend, "500.00", at=e2e.moment(e2e.BUSINESS_DATE, 15))
    eventually(
        lambda: Referral.objects.get(referred=friend).status == "CREDITED",
        seconds=60,
        what="the reward",
    )
    after = AccountState.objects.get(customer=amina).balance_amount
    assert before - after == 200
    mine = visit("01711000001", door="/portal/login", width=360)
    mine.goto("/portal/referrals/")
    expect(mine.locator(".list-group-item").first).to_contain_text("200.00")


def sent_code(page):
    """Return the code as the phone would show it: the provider's simulator has the text."""
    shown = re.compile(r"(\d{6}) is your code to order")
    page.goto("/sim/messages")
    found = []

    def look():
        page.reload()
        found[:] = shown.findall(page.inner_text("main"))
        return bool(found)

    eventually(look, seconds=60, what="the code")
    return found[0]
