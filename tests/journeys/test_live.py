"""Pages show what is true without a reload: after one's own act, a colleague's, a worker's.

The walker does the acts it finds on a page, one after the other, in a first browser. A second one
has the same page open. Both must then show what a third sees that loads the page anew.
"""

import difflib
import re
import time

import pytest
from playwright.sync_api import expect

from customers.models import Customer
from ispbill.core import clock
from network.models import Access
from tests.factories.payments import open_invoice, paid
from tests.journeys.conftest import eventually

SOON = 2  # seconds, of a page in front of a person who acts
PATIENCE = 8  # a busy machine is slow, not wrong
MOST = 7  # acts on one page
BY_PHONE = {"method": "BKASH", "reference": "9A00LIVE11"}

ACTS = """() => [...document.querySelectorAll('#main [hx-get][hx-target="#dialog-body"]')]
  .filter((act) => !act.closest('[data-row]') || act.closest('[data-row]').matches(':first-child'))
  .map((act) => act.getAttribute('hx-get'))"""
PRESS = """(address) => {
  const act = document.querySelector(`#main [hx-get="${address}"]`);
  for (const fold of document.querySelectorAll('#main details')) {
    if (fold.contains(act)) fold.open = true;
  }
  act.click();
}"""
FILL = """(form) => {
  const any = () => `Told so ${String(Math.random()).slice(2, 9)}`;
  const isNumber = /amount|price|value|count|days|months|mbps/;
  for (const field of form.elements) {
    const is = (kinds) => field.matches(kinds);
    if (is('button, fieldset, [type=hidden], [type=search], [type=file]')) continue;
    if (is('select')) field.value ||= [...field.options].find((one) => one.value)?.value || '';
    else if (is('[type=checkbox], [type=radio]')) field.checked ||= field.required;
    else if (field.value || is('[type=email]')) continue;
    else if (is('[type=date]')) field.value = '2026-02-20';
    else if (isNumber.test(field.name)) field.value = '100';
    else if (/phone/.test(field.name)) field.value = `017${String(Math.random()).slice(2, 10)}`;
    else if (field.required || /reason|name|text|reference/.test(field.name)) field.value = any();
  }
  form.requestSubmit();
}"""
CLOSE = """() => {
  document.querySelector('dialog[open]')?.close();
  for (const menu of document.querySelectorAll('details[data-menu][open]')) menu.open = false;
}"""


def words(page):
    return page.locator("#main").inner_text().split()


def difference(page, fresh):
    """Tell what the page says otherwise than the words of a fresh one, once it had its time."""
    until = time.monotonic() + PATIENCE
    while (said := words(page)) != fresh and time.monotonic() < until:
        time.sleep(0.1)
    steps = difflib.SequenceMatcher(None, said, fresh, autojunk=False).get_opcodes()
    return [(said[i:j], fresh[k:end]) for what, i, j, k, end in steps if what != "equal"][:3]


def opened(page, address):
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page


def act(page, address):
    """Do what the dialog of an address asks for; tell whether it was done, on this page."""
    before = page.url
    page.evaluate(PRESS, address)
    page.wait_for_selector("dialog[open] #dialog-title")
    form = page.locator("#dialog form[method=post]").first
    if not form.count():
        page.evaluate(CLOSE)
        return False
    page.evaluate("document.body.dataset.stays = ''")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        form.evaluate(FILL)
    answer = answered.value
    leads_on = "hx-redirect" in answer.headers
    if leads_on:  # to be elsewhere first: one address asked for aborts the other
        expect(page.locator("body[data-stays]")).to_have_count(0)
    is_done = answer.status < 400 and not leads_on and page.url == before
    if is_done:
        time.sleep(0.2)  # the dialog closes by itself
        page.evaluate(CLOSE)
    else:
        opened(page, before)
    return is_done


PAGES = [
    "/admin/customers/{number}/",
    "/admin/customers/{number}/?tab=services",
    "/admin/customers/{number}/?tab=billing",
    "/admin/customers/{number}/?tab=payments",
    "/admin/leads/",
    "/admin/packages/",
    "/admin/areas/",
]


@pytest.mark.parametrize("address", PAGES)
def test_whatever_is_done_on_a_page_every_screen_shows_it(visit, address):
    customer = Customer.objects.get(phone="+8801711000001")
    open_invoice(customer, amount="575.00", due=clock.today())
    address = address.format(number=customer.number)
    mine, others, fresh = (visit("owner@demo.test") for _ in range(3))
    opened(mine, address)
    opened(others, address)
    tried, done, wrong = set(), [], {}

    while len(tried) < MOST:
        left = [one for one in mine.evaluate(ACTS) if one not in tried]
        if not left:
            break
        tried.add(left[0])
        if not act(mine, left[0]):
            continue
        done.append(left[0])
        shown = words(opened(fresh, address))
        found = difference(mine, shown), difference(others, shown)
        if any(found):
            wrong[left[0]] = found

    assert done
    assert wrong == {}


def test_what_a_colleague_takes_is_on_the_screen_within_two_seconds(visit):
    chitra = Customer.objects.get(phone="+8801711000003")
    page = opened(visit("billing@demo.test"), f"/admin/customers/{chitra.number}/")
    expect(page.locator("#state-card")).to_contain_text("1,725")
    page.mouse.move(200, 200)  # somebody sits before it

    paid(chitra, "1725.00", at=clock.now(), **BY_PHONE)

    took = eventually(
        lambda: "owes" not in page.locator("#state-card").inner_text().lower(),
        seconds=PATIENCE,
        what="the payment on the screen",
    )
    assert took < SOON + 1  # the page is read again, on a machine that does other things too
    expect(page.locator("#timeline")).to_contain_text("Payment")
    eventually(  # the router's worker: nobody touches this page
        lambda: Access.objects.get(customer=chitra).confirmed_state == "OPEN",
        seconds=60,
        what="the line",
    )


def test_what_a_person_has_in_hand_stays_as_the_list_changes(visit):
    amina = Customer.objects.get(phone="+8801711000001")
    open_invoice(amina, amount="575.00", due=clock.today())
    page = opened(visit("billing@demo.test"), "/admin/customers/")
    row = page.locator(f"tr[data-row='{amina.pk}']")
    expect(row).to_contain_text("575")
    row.locator("input[name=ids]").check()
    page.locator("details[data-menu] summary").first.click()
    page.locator("#list-q").focus()

    paid(amina, "575.00", at=clock.now(), **BY_PHONE)

    expect(row).not_to_contain_text("575")
    expect(row.locator("input[name=ids]")).to_be_checked()
    expect(row).to_have_class("is-selected")
    expect(page.locator("[data-bulk]")).to_be_visible()
    expect(page.locator("#list-q")).to_be_focused()


def test_a_form_that_is_being_filled_in_is_left_alone(visit):
    amina = Customer.objects.get(phone="+8801711000001")
    open_invoice(amina, amount="575.00", due=clock.today())
    page = opened(visit("billing@demo.test"), f"/admin/customers/{amina.number}/")
    page.keyboard.press("n")
    note = page.locator("#id_text")
    note.press_sequentially("Called about the")

    paid(amina, "575.00", at=clock.now(), **BY_PHONE)

    expect(page.locator("#state-card")).not_to_contain_text(re.compile("owes", re.IGNORECASE))
    expect(note).to_have_value("Called about the")
    expect(note).to_be_focused()
