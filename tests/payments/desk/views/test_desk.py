"""The cash desk: found, taken, given a receipt; every refusal keeps what was typed."""

import re
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.allocation.models import Payment
from ispbill.accounts.models import User
from ispbill.core import clock, receipt_links
from ispbill.core.pay_links import PayLink
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.payments import open_invoice, paid
from tests.factories.tills import cashier, shift_of

pytestmark = pytest.mark.django_db(transaction=True)

DESK = "/admin/cash-desk/"
PAY = "/admin/payments/new/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def mina():
    return UserFactory(name="Mina", role=User.Role.CASHIER)


@pytest.fixture
def client(client, mina):
    client.force_login(mina)
    return client


@pytest.fixture
def rahim():
    customer = CustomerFactory(name="Rahim Uddin", phone="+8801711000012")
    open_invoice(customer, "1150.00")
    return customer


def sent(customer, **values):
    return {
        "customer": customer.number,
        "key": str(uuid.uuid4()),
        "amount": "1150",
        "method": "CASH",
        **values,
    }


def post(client, customer, *, place="desk", **values):
    address, headers = (DESK if place == "desk" else PAY), {**HTMX, "HX-Target": f"{place}-found"}
    return client.post(address, sent(customer, **values), headers=headers)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize(
    "typed",
    [
        "0012",
        "01711000012",
        "+880 1711-000012",
        "০১৭১১০০০০১২",
        "rahim",
        "Uddin",
        "INV-2026-00001",
        "INV 1",
    ],
)
def test_the_customer_is_found_by_whatever_is_typed(client, rahim, typed):
    CustomerFactory(name="Somebody Else", phone="+8801811999988", number="CT-2026-90001")

    response = client.get(DESK, {"q": typed}, headers={**HTMX, "HX-Target": "desk-found"})

    assert response.status_code == 200
    assert [hit.number for hit in response.context["hits"]] == [rahim.number]
    assert response.context["account"].customer == rahim
    assert b"<html" not in response.content


@pytest.mark.parametrize("paper", ["bill", "account", "receipt"])
def test_a_scanned_paper_finds_its_customer(client, rahim, paper):
    CustomerFactory()
    bill = rahim.invoices.get()
    day = clock.today() - timedelta(days=400)  # its day is over: it still says whose it is
    scanned = {
        "bill": PayLink(rahim.pk, day, invoice_id=bill.pk).url(),
        "account": PayLink(rahim.pk, day).url(),
        "receipt": receipt_links.url(paid(rahim, "10.00", at=clock.now()).receipt_number),
    }[paper]

    response = client.get(DESK, {"q": scanned}, headers={**HTMX, "HX-Target": "desk-found"})

    assert [hit.number for hit in response.context["hits"]] == [rahim.number]
    assert response.context["account"].customer == rahim


def test_a_paper_of_another_house_finds_nobody(client, rahim):
    for scanned in (
        "https://bank.example/pay/l-1-0-x-AAAAAAAAAAAAAAAAAAAAAA",
        "https://x/receipt/a.b",
    ):
        response = client.get(DESK, {"q": scanned}, headers={**HTMX, "HX-Target": "desk-found"})
        assert response.context["hits"] == []


def test_a_scanned_paper_of_another_branch_finds_nobody(client, rahim):
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))
    link = PayLink(rahim.pk, date(2030, 1, 1)).url()

    response = client.get(DESK, {"q": link}, headers={**HTMX, "HX-Target": "desk-found"})

    assert response.context["hits"] == []


def test_the_account_number_finds_the_account(client, rahim):
    response = client.get(DESK, {"q": rahim.number.lower()})

    assert response.context["account"].customer == rahim


def test_the_best_hits_form_is_filled_with_the_full_due(client, rahim):
    SubscriptionFactory(customer=rahim, price_amount=Decimal("1000.00"))

    response = client.get(DESK, {"q": "0012"})

    account = response.context["account"]
    assert response.context["form"]["amount"].value() == "1150"
    assert (account.due, account.monthly, account.two_months) == (
        Decimal("1150.00"),
        Decimal("1150.00"),
        Decimal("2300.00"),
    )
    assert "Owes" in text(response)


def test_who_owes_nothing_gets_an_empty_amount(client):
    customer = CustomerFactory()

    response = client.get(DESK, {"customer": customer.number})

    assert response.context["form"]["amount"].value() == ""


def test_the_method_is_the_one_i_used_last(client, mina, rahim, at):
    paid(CustomerFactory(), "5.00", at=at, actor=mina, method="BKASH")

    response = client.get(DESK, {"customer": rahim.number})

    assert response.context["form"]["method"].value() == "BKASH"


def test_taking_money_gives_a_receipt_and_the_ways_on(client, mina, rahim):
    response = post(client, rahim, tendered="1200")

    payment = Payment.objects.get()
    said = text(response)
    assert response.status_code == 200
    assert (payment.amount, payment.received_by, payment.status) == (
        Decimal("1150.00"),
        mina,
        "COMPLETED",
    )
    for word in (
        payment.receipt_number,
        "Change to return",
        "Print 80 mm",
        "Print A4",
        "Send SMS",
        "Undo",
        "Settled",
    ):
        assert word in said
    assert 'id="desk-day"' in response.content.decode()


def test_two_requests_are_all_it_takes(client, rahim):
    found = client.get(DESK, {"q": "0012"}, headers={**HTMX, "HX-Target": "desk-found"})
    form = found.context["form"]
    values = {name: form[name].value() for name in ("customer", "key", "amount", "method")}

    taken = client.post(DESK, values, headers={**HTMX, "HX-Target": "desk-found"})

    assert taken.context["payment"].amount == Decimal("1150.00")


def test_without_javascript_the_desk_works_and_a_refresh_takes_nothing(client, rahim):
    values = sent(rahim, tendered="1200")

    response = client.post(DESK, values, follow=True)

    address, _status = response.redirect_chain[0]
    assert "Change to return" in text(response)
    client.get(address)
    client.get(address)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("clicks", [2, 3])
def test_a_double_or_triple_click_is_one_payment_and_one_answer(client, rahim, clicks):
    values = sent(rahim)

    answers = [
        client.post(DESK, values, headers={**HTMX, "HX-Target": "desk-found"})
        for _click in range(clicks)
    ]

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.context["payment"].pk for answer in answers} == {Payment.objects.get().pk}


def test_back_and_resubmit_with_another_amount_is_a_conflict(client, rahim):
    values = sent(rahim)
    client.post(DESK, values)

    response = client.post(DESK, {**values, "amount": "500"}, headers=HTMX)

    assert response.status_code == 409
    assert "already" in response["X-Error-Message"]
    assert Payment.objects.count() == 1


def test_two_tabs_are_asked_about_once_then_taken(client, rahim):
    post(client, rahim)

    asked = post(client, rahim)
    form = asked.context["form"]
    again = {name: form[name].value() for name in ("key", "amount", "method", "repeat_of")}
    confirmed = post(client, rahim, **again)

    assert asked.status_code == 422
    assert "1,150.00 Cash has just been taken by Mina" in text(asked).replace("\u202f", "")
    assert "Cancel" in text(asked)
    assert "Settled" in text(asked)  # what is true now, not what was shown before
    assert "Confirm" in text(asked)
    assert confirmed.status_code == 200
    assert Payment.objects.count() == 2


def test_a_confirmation_holds_for_what_was_asked_only(client, rahim):
    post(client, rahim, amount="100")
    post(client, rahim, amount="200")
    asked = post(client, rahim, amount="100")
    repeat_of = asked.context["form"]["repeat_of"].value()

    response = post(client, rahim, amount="200", repeat_of=repeat_of)

    assert response.status_code == 422
    assert Payment.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1,150", "1150.00"),
        ("১১৫০", "1150.00"),
        ("১,১৫০.৫০", "1150.50"),
        ("12,34,567.50", "1234567.50"),
        ("৳ 500/-", "500.00"),
        ("12,5", "12.50"),
    ],
)
def test_an_amount_is_read_as_people_write_it(client, rahim, typed, amount):
    response = post(client, rahim, amount=typed)

    assert response.status_code == 200
    assert Payment.objects.get().amount == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0",
        "0.00",
        "-5",
        "−5",
        "NaN",
        "Infinity",
        "1e5",
        "1.001",
        "12.345",
        "abc",
        "1/2",
        "99999999999999",
        "10000000.01",
        "٣٠٠",
    ],
)
def test_what_is_no_amount_comes_back_as_typed(client, rahim, typed):
    response = post(client, rahim, amount=typed, reference="TX1")

    assert response.status_code == 422
    assert Payment.objects.count() == 0
    assert response.context["form"]["amount"].value() == typed
    assert response.context["form"]["reference"].value() == "TX1"
    assert "There is a problem" in text(response)


def test_too_little_cash_is_said(client, rahim):
    response = post(client, rahim, tendered="1000")

    assert response.status_code == 422
    assert "150.00 are missing" in text(response)


def test_an_unknown_method_or_one_not_taken_by_hand_is_refused(client, rahim):
    assert post(client, rahim, method="ADJUSTMENT").status_code == 422
    assert post(client, rahim, method="GOLD").status_code == 422
    assert Payment.objects.count() == 0


def test_chosen_invoices_are_paid_first(client, rahim):
    later = open_invoice(rahim, "300.00", due=clock.today())

    post(client, rahim, amount="300", invoices=[str(later.pk)])

    later.refresh_from_db()
    assert later.is_paid


def test_the_dialog_is_a_fragment_and_a_page(client, rahim):
    dialog = client.get(
        f"{PAY}?customer={rahim.number}", headers={**HTMX, "HX-Target": "dialog-body"}
    )
    page = client.get(f"{PAY}?customer={rahim.number}")

    assert b"<html" not in dialog.content
    assert b"<html" in page.content
    assert b"dialog-panel" in dialog.content
    assert b'role="search"' not in dialog.content
    assert post(client, rahim, place="dialog").status_code == 200


def test_undo_within_the_minute(client, rahim):
    receipt = post(client, rahim).context["payment"].receipt_number

    response = client.post(
        reverse("staff_payments:undo", args=[receipt]), headers={**HTMX, "HX-Target": "desk-found"}
    )

    assert response.status_code == 200
    assert "is undone" in text(response)
    assert Payment.objects.get().status == "REVERSED"


def test_undo_after_the_minute_is_refused_and_said(client, mina, rahim):
    payment = paid(rahim, "10.00", at=clock.now() - timedelta(seconds=61), actor=mina)

    response = client.post(
        reverse("staff_payments:undo", args=[payment.receipt_number]),
        headers={**HTMX, "HX-Target": "desk-found"},
    )

    assert response.status_code == 422
    assert "too late to undo" in text(response)
    assert Payment.objects.get().status == "COMPLETED"


def test_my_day_counts_what_i_took_today(client, mina, rahim):
    paid(rahim, "100.00", at=clock.now(), actor=mina)
    paid(rahim, "200.00", at=clock.now(), actor=mina, method="BKASH")
    paid(rahim, "400.00", at=clock.now(), actor=UserFactory())
    paid(rahim, "800.00", at=clock.now() - timedelta(days=2), actor=mina)

    day = client.get(DESK).context["day"]

    assert (day.amount, day.count) == (Decimal("300.00"), 2)
    assert [(m.method, m.amount) for m in day.methods] == [
        ("CASH", Decimal("100.00")),
        ("BKASH", Decimal("200.00")),
    ]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("OWNER", 200),
        ("BILLING", 200),
        ("CASHIER", 200),
        ("BRANCH_MANAGER", 200),
        ("SUPPORT", 403),
        ("NOC", 403),
        ("SALES", 403),
        ("AUDITOR", 403),
        ("TECHNICIAN", 302),
        ("RESELLER", 302),
        ("CUSTOMER", 302),
    ],
)
def test_who_may_take_money(client, rahim, role, status):
    client.force_login(UserFactory(role=role, branch=rahim.branch))

    assert client.get(DESK).status_code == status
    assert client.post(DESK, sent(rahim)).status_code == (302 if status != 403 else 403)
    assert Payment.objects.count() == (1 if status == 200 else 0)


def test_a_stranger_is_sent_to_the_door(client, rahim):
    client.logout()

    assert client.get(DESK).status_code == 302
    assert client.post(DESK, sent(rahim)).status_code == 302
    assert Payment.objects.count() == 0


def test_a_customer_of_another_branch_does_not_exist_for_its_manager(client, rahim):
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))

    assert client.get(DESK, {"customer": rahim.number}).status_code == 404
    assert client.get(DESK, {"q": "0012"}).context["hits"] == []
    assert post(client, rahim).status_code == 404


def test_finding_costs_the_same_for_one_hit_and_for_eight(client, rahim, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    headers = {**HTMX, "HX-Target": "desk-found"}
    client.get(DESK, {"q": "zzzz"})
    with CaptureQueriesContext(connection) as one:
        client.get(DESK, {"q": "rahim"}, headers=headers)
    area = AreaFactory()
    for number in range(7):
        CustomerFactory(name=f"Rahim {number}", area=area)

    with CaptureQueriesContext(connection) as eight:
        response = client.get(DESK, {"q": "rahim"}, headers=headers)

    assert len(response.context["hits"]) == 8
    assert len(eight) == len(one)


def test_a_cashier_with_an_open_drawer_starts_at_cash(client, rahim, at):
    noor = cashier()
    paid(CustomerFactory(), "5.00", at=at, actor=noor, method="BKASH")
    shift_of(noor, at=at)
    client.force_login(noor)

    response = client.get(DESK, {"customer": rahim.number})

    assert response.context["form"]["method"].value() == "CASH"


@pytest.mark.parametrize("method", ["BKASH", "NAGAD", "EFT"])
def test_what_a_statement_finds_by_its_number_is_not_booked_without_one(client, rahim, method):
    refused = post(client, rahim, method=method, reference="  ")
    assert refused.status_code == 422
    assert "Enter the transaction number" in text(refused)
    assert Payment.objects.count() == 0

    assert post(client, rahim, method=method, reference="9KX2TTAB").status_code == 200
    assert Payment.objects.get().reference == "9KX2TTAB"
