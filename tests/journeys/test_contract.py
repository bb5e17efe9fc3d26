"""A contract: drawn up and sent at the office, signed on a phone by the link, sealed, checked."""

import re

import pytest
from playwright.sync_api import expect

from billing.invoices.models import InvoiceLine
from contracts.models import Contract, Signature
from contracts.services import agreements, links, papers
from contracts.views import starting
from customers.models import Customer
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.journeys.conftest import eventually

DRAWN = [(30, 90), (60, 30), (95, 110), (130, 40), (165, 105), (200, 50), (240, 95)]


@pytest.fixture
def house(town):
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()
    values = starting.values()
    values["fee_rate"] = values.pop("fee_percent") / 100
    made = agreements.create(
        name="Home line", kind=Customer.Kind.RESIDENTIAL, values=values, act=Act.now(None)
    )
    agreements.make_default(agreement=made, act=Act.now(None))


def sent_code(page):
    """Return the code as the phone would show it: the provider's simulator has the text."""
    shown = re.compile(r"সই করার কোড (\d{6})|(\d{6}) is your code to sign")
    page.goto("/sim/messages")
    found = []

    def look():
        page.reload()
        found[:] = [one or other for one, other in shown.findall(page.inner_text("main"))]
        return bool(found)

    eventually(look, seconds=60, what="the code")
    return found[0]


def sign_by_hand(page):
    page.locator("canvas").scroll_into_view_if_needed()
    pad = page.locator("canvas").bounding_box()
    page.mouse.move(pad["x"] + DRAWN[0][0], pad["y"] + DRAWN[0][1])
    page.mouse.down()
    for x, y in DRAWN[1:]:
        page.mouse.move(pad["x"] + x, pad["y"] + y, steps=6)
    page.mouse.up()


def test_sent_from_the_office_signed_on_a_phone_and_checked(visit, house, tmp_path):
    customer = Customer.objects.get(phone__endswith="1711000001")
    office = visit("owner@demo.test")
    office.goto(f"/admin/contracts/new/{customer.number}/")
    office.locator("main form button[type=submit]").last.click()
    expect(office.locator("h1", has_text=re.compile(r"CON-\d{4}-00001"))).to_be_visible()
    office.get_by_role("link", name="Send to be signed").click()
    office.locator("#dialog-body button[type=submit]").click()
    expect(office.locator("main")).to_contain_text("To be signed")
    contract = Contract.objects.get()

    phone = visit(None, width=360)
    phone.goto(f"/contract/{links.word(contract.link_seed)}/")
    phone.fill("input[name=digits]", customer.phone[-4:])
    phone.locator("main button[type=submit]").first.click()
    expect(phone.locator(".contract-text")).to_contain_text(customer.name)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.fill("input[name=name]", customer.name)
    sign_by_hand(phone)
    phone.check("input[name=consent]")
    phone.locator("[data-sign] button[type=submit]").click()
    expect(phone.locator("input[name=code]")).to_be_visible()
    phone.fill("input[name=code]", sent_code(visit(width=360)))
    phone.locator("main button[type=submit]").first.click()
    phone.wait_for_url(re.compile(contract.verify_code))

    eventually(lambda: Contract.objects.filter(seal__state="READY").exists(), what="sealed")
    contract.refresh_from_db()
    assert len(Signature.objects.get().strokes) == 1
    office.reload()
    expect(office.get_by_role("link", name="Signed paper")).to_be_visible()

    _is_checked(phone, contract, tmp_path)
    _ends_with_a_fee(office, contract)


def _is_checked(phone, contract, tmp_path):
    whole = papers.content(contract.seal.path)
    broken = bytearray(whole)
    broken[len(whole) // 2] ^= 1
    for name, content, said in (("a", whole, "byte for byte"), ("b", broken, "Changed")):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(content)
        phone.set_input_files("input[name=paper]", file)
        phone.get_by_role("button", name="Compare").click()
        expect(phone.locator("[role=status]").first).to_contain_text(said)


def _ends_with_a_fee(office, contract):
    """What the contract's page says leaving costs is what the end of the service bills."""
    office.goto(f"/admin/contracts/{contract.number}/")
    expect(office.locator("main")).to_contain_text("Leaving by notice today")
    office.get_by_role("link", name="Terminate").click()
    dialog = office.locator("#dialog-body")
    expect(dialog).to_contain_text("Early termination")
    dialog.locator("[name=reason_code]").select_option("MOVED")
    dialog.locator("[name=reason]").fill("told on the phone today")
    dialog.locator("button[type=submit]").click()
    eventually(
        lambda: Contract.objects.get(pk=contract.pk).state == "TERMINATED", what="terminated"
    )
    fees = InvoiceLine.objects.filter(invoice__customer_id=contract.customer_id, kind="TERMINATION")
    assert fees.get().net_amount > 0
    office.goto(f"/admin/contracts/{contract.number}/")
    expect(office.locator("main")).to_contain_text("Notice")
