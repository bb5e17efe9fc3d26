"""The register: what is listed, summed, exported; one payment; taking it back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from billing.allocation.models import Payment
from billing.receivables.queries import receipts
from ispbill.core import clock
from ispbill.core.acts import Act
from payments.desk.queries import statements
from payments.desk.services import reversing
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

INDEX = "/admin/payments/"
HTMX = {"HX-Request": "true", "HX-Target": "list"}


@pytest.fixture
def owner():
    return UserFactory(name="Omar", role="OWNER")


@pytest.fixture
def client(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def now():
    return clock.now()


def page(payment, name="detail"):
    return reverse(f"staff_payments:{name}", args=[payment.receipt_number])


def listed(response):
    return [payment.receipt_number for payment in response.context["page"].rows]


def test_the_newest_comes_first_and_the_totals_are_of_the_whole_set(client, now):
    customer = CustomerFactory()
    for amount, method in (("100.00", "CASH"), ("200.00", "BKASH"), ("300.00", "CASH")):
        paid(customer, amount, at=now, method=method)
    gone = paid(customer, "999.00", at=now)
    reversing.reverse(payment=gone, act=Act(None, now, reason="cheque returned"))

    response = client.get(INDEX, {"size": "25"})

    totals = response.context["totals"]
    assert listed(response) == [f"RCP-{now.year}-0000{n}" for n in (4, 3, 2, 1)]
    assert [(m.method, m.count, m.amount) for m in totals.methods] == [
        ("CASH", 2, Decimal("400.00")),
        ("BKASH", 1, Decimal("200.00")),
    ]
    assert (totals.amount, totals.reversed_amount, totals.rows) == (
        Decimal("600.00"),
        Decimal("999.00"),
        4,
    )


def test_without_a_period_it_is_this_month(client, now):
    paid(CustomerFactory(), "1.00", at=now - timedelta(days=40))
    recent = paid(CustomerFactory(), "2.00", at=now)

    assert listed(client.get(INDEX)) == [recent.receipt_number]
    assert len(listed(client.get(INDEX, {"all": "1"}))) == 2


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"method": "BKASH"}, [1]),
        ({"state": "REVERSED"}, [2]),
        ({"q": "TX77"}, [1]),
        ({"q": "rahima"}, [1]),
        ({"q": "rohima"}, [1]),
        ({"q": "2"}, [1]),
        ({"customer": "CT-2026-77777"}, [1]),
        ({"method": "GOLD", "since": "nonsense", "all": "1"}, [2, 1, 0]),
    ],
)
def test_a_filter_leaves_what_it_says(client, now, query, expected):
    rahima = CustomerFactory(name="Rahima", number="CT-2026-77777")
    other = CustomerFactory(name="Somebody")
    rows = [
        paid(other, "1.00", at=now),
        paid(rahima, "2.00", at=now, method="BKASH", reference="TX77"),
        paid(other, "3.00", at=now),
    ]
    reversing.reverse(payment=rows[2], act=Act(None, now, reason="cheque returned"))

    response = client.get(INDEX, query)

    assert listed(response) == [rows[place].receipt_number for place in expected]


def test_pages_follow_each_other_by_key_in_both_directions(client, now):
    customer = CustomerFactory()
    for _number in range(60):
        paid(customer, "1.00", at=now)

    first = client.get(INDEX, {"size": "25"})
    second = client.get(INDEX, {"size": "25", "after": first.context["pager"].older})
    third = client.get(INDEX, {"size": "25", "after": second.context["pager"].older})
    back = client.get(INDEX, {"size": "25", "before": third.context["pager"].newer})

    assert (len(listed(first)), len(listed(second)), len(listed(third))) == (25, 25, 10)
    assert first.context["pager"].newer == ""
    assert third.context["pager"].older == ""
    assert listed(back) == listed(second)


def test_the_list_costs_the_same_for_one_row_and_for_three(client, now):
    paid(CustomerFactory(), "1.00", at=now, actor=UserFactory())
    client.get(INDEX, headers=HTMX)
    with CaptureQueriesContext(connection) as one:
        client.get(INDEX, headers=HTMX)
    for _number in range(2):
        paid(CustomerFactory(), "1.00", at=now, actor=UserFactory())

    with CaptureQueriesContext(connection) as three:
        response = client.get(INDEX, headers=HTMX)

    assert len(listed(response)) == 3
    assert len(three) == len(one)
    assert b"<html" not in response.content


def test_a_branch_manager_sees_the_own_branch_only(client, now):
    here, there = BranchFactory(), BranchFactory()
    own = paid(CustomerFactory(area=AreaFactory(branch=here)), "1.00", at=now)
    other = paid(CustomerFactory(area=AreaFactory(branch=there)), "2.00", at=now)
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=here))

    assert listed(client.get(INDEX)) == [own.receipt_number]
    for name in ("detail", "reverse", "receipt"):
        assert client.get(page(other, name)).status_code == 404
    assert client.post(page(other, "undo")).status_code == 404


def test_csv_holds_the_filtered_rows_and_no_formula(client, now):
    customer = CustomerFactory(name="=HYPERLINK(1)")
    paid(customer, "1234.50", at=now, reference="@x")
    paid(CustomerFactory(), "5.00", at=now, method="BKASH")

    response = client.get("/admin/payments/export/", {"format": "csv", "method": "CASH"})

    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "1234.50" in lines[1]
    assert ",'=HYPERLINK(1)," in lines[1]
    assert ",'@x," in lines[1]


def test_xlsx_holds_numbers_as_numbers(client, now):
    paid(CustomerFactory(), "1234.50", at=now)

    response = client.get("/admin/payments/export/", {"format": "xlsx"})

    rows = list(load_workbook(BytesIO(response.content)).active.values)
    assert len(rows) == 2
    assert rows[1][4] == 1234.5
    assert isinstance(rows[1][1], datetime)


def test_a_payment_shows_what_it_paid_and_how_it_is_booked(client, owner, now):
    customer = CustomerFactory()
    invoice = open_invoice(customer, "1000.00")
    payment = paid(customer, "1300.00", at=now, actor=owner)

    response = client.get(page(payment))

    said = response.content.decode()
    assert [(b.account, b.debit, b.credit) for b in response.context["booked"]] == [
        ("1000 Cash", Decimal("1300.00"), None),
        ("1100 Receivables from customers", None, Decimal("1300.00")),
    ]
    assert invoice.number in said
    assert "Reverse payment" in said
    assert response.context["credit"] == Decimal("300.00")


def test_reversing_says_what_will_happen_and_does_it(client, now):
    customer = CustomerFactory(name="Rahim")
    invoice = open_invoice(customer, "1000.00")
    payment = paid(customer, "1300.00", at=now)

    asked = client.get(page(payment, "reverse"), headers={"HX-Request": "true"})
    effects = " ".join(asked.context["effects"])
    done = client.post(page(payment, "reverse"), {"reason": "cheque returned by the bank"})

    payment.refresh_from_db()
    assert f"1,000.00 of {invoice.number} is due again, since 05 Jan 2026." in effects
    assert "300.00 of credit is gone" in effects
    assert "Rahim then stands at: Owes" in effects
    assert done.status_code == 302
    assert payment.status == "REVERSED"
    assert "cheque returned by the bank" in client.get(page(payment)).content.decode()


def test_a_reversal_without_a_reason_changes_nothing(client, now):
    payment = paid(CustomerFactory(), "10.00", at=now)

    response = client.post(
        page(payment, "reverse"), {"reason": "oops"}, headers={"HX-Request": "true"}
    )

    assert response.status_code == 422
    assert Payment.objects.get().status == "COMPLETED"


def test_the_second_reversal_is_refused_with_who_was_first(client, owner, now):
    payment = paid(CustomerFactory(), "10.00", at=now)
    client.post(page(payment, "reverse"), {"reason": "cheque returned"})

    response = client.post(page(payment, "reverse"), {"reason": "cheque returned"})

    assert response.status_code == 422
    assert b"Omar has already reversed this payment" in response.content


@pytest.mark.parametrize(
    ("role", "sees", "reverses"),
    [
        ("OWNER", 200, 200),
        ("BILLING", 200, 200),
        ("BRANCH_MANAGER", 200, 200),
        ("CASHIER", 200, 403),
        ("SUPPORT", 200, 403),
        ("AUDITOR", 200, 403),
        ("NOC", 403, 403),
        ("SALES", 403, 403),
        ("CUSTOMER", 302, 302),
    ],
)
def test_who_may_see_and_who_may_take_back(client, now, role, sees, reverses):
    customer = CustomerFactory()
    payment = paid(customer, "10.00", at=now)
    client.force_login(UserFactory(role=role, branch=customer.branch))

    pages = [
        INDEX,
        page(payment),
        page(payment, "receipt"),
        "/admin/payments/export/",
        f"/admin/customers/{customer.number}/payments/",
        f"/admin/customers/{customer.number}/statement/",
    ]
    assert {client.get(address).status_code for address in pages} == {sees}
    assert client.get(page(payment, "reverse")).status_code == reverses


def test_the_customers_panel_explains_the_balance(client, now):
    customer = CustomerFactory()
    open_invoice(customer, "1000.00")
    paid(customer, "400.00", at=now)

    response = client.get(
        f"/admin/customers/{customer.number}/payments/", headers={"HX-Request": "true"}
    )

    shown = response.context["statement"]
    assert b"<html" not in response.content
    assert b"Why this balance?" in response.content
    assert [(m.debit, m.credit, m.balance) for m in shown.movements] == [
        (Decimal("1000.00"), None, Decimal("1000.00")),
        (None, Decimal("400.00"), Decimal("600.00")),
    ]


def test_a_statement_opens_with_what_was_before_and_closes_with_what_is(client, at):
    customer = CustomerFactory()
    open_invoice(customer, "1000.00")  # 1 January
    payment = paid(customer, "400.00", at=at)  # 10 January
    reversing.reverse(
        payment=payment, act=Act(None, at + timedelta(days=5), reason="cheque returned")
    )

    shown = statements.statement(customer, since=at.date(), until=at.date() + timedelta(days=10))

    assert (shown.opening, shown.charged, shown.paid, shown.closing) == (
        Decimal("1000.00"),
        Decimal("400.00"),
        Decimal("400.00"),
        Decimal("1000.00"),
    )
    assert [m.number for m in shown.movements] == [payment.receipt_number] * 2


def test_a_statement_as_csv(client, at):
    customer = CustomerFactory()
    invoice = open_invoice(customer, "1000.00")

    response = client.get(
        f"/admin/customers/{customer.number}/statement/",
        {"from": "2026-01-01", "to": "2026-01-31", "format": "csv"},
    )

    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[1] == "2026-01-01,Opening balance,,,,0"
    assert lines[2] == f"2026-01-01,INVOICE,{invoice.number},1000.00,,1000.00"
    assert lines[3] == "2026-01-31,Closing balance,,,,1000.00"


def test_days_the_wrong_way_round_are_refused(client):
    customer = CustomerFactory()

    response = client.get(
        f"/admin/customers/{customer.number}/statement/", {"from": "2026-02-01", "to": "2026-01-01"}
    )

    assert response.status_code == 422


def test_there_is_one_receipt_on_a4_and_it_is_the_pdf(client, now):
    payment = paid(CustomerFactory(), "1150.00", at=now)
    pdf = reverse("staff:receipt-pdf", args=[payment.receipt_number])

    asked = client.get(f"{page(payment, 'receipt')}?paper=a4&print=1")

    assert asked.headers["Location"] == pdf
    assert client.get(page(payment)).content.decode().count(pdf) == 1


def test_the_second_print_says_copy(client, now):
    payment = paid(CustomerFactory(name="Rahim"), "1150.00", at=now, reference="TX9")
    address = f"{page(payment, 'receipt')}?paper=80mm"

    first, second = client.get(address), client.get(address)

    assert b"Copy" not in first.content
    assert b"Copy" in second.content
    for word in (b"RCP-", b"Rahim", b"TX9", b"<svg", b"receipt-80mm.css"):
        assert word in first.content
    assert b"style=" not in first.content


def test_a_receipt_speaks_the_customers_language(client, now):
    payment = paid(CustomerFactory(language="bn", local_name="আমিনা বেগম"), "1150.00", at=now)

    assert "আমিনা বেগম" in client.get(page(payment, "receipt")).content.decode()


def test_the_public_receipt_opens_by_its_link_and_tells_nothing_private(client, now):
    customer = CustomerFactory(name="Rahim Uddin", phone="+8801711000012", address="House 9")
    payment = paid(customer, "1150.00", at=now, actor=UserFactory(name="Mina"))
    address = f"/receipt/{receipts.token_of(payment)}"
    client.logout()

    response = client.get(address)

    said = response.content.decode()
    assert response.status_code == 200
    assert payment.receipt_number in said
    for private in ("Rahim", "01711000012", "House 9", "Mina", "You owe", "Overpaid"):
        assert private not in said
    assert response["X-Robots-Tag"] == "noindex"


def test_a_link_we_have_not_made_opens_nothing(client, now):
    payment = paid(CustomerFactory(), "1150.00", at=now)
    token = receipts.token_of(payment)

    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x" * 40, token[:-3]):
        assert client.get(f"/receipt/{forged}").status_code == 404


def test_a_reversed_receipt_says_so(client, now):
    payment = paid(CustomerFactory(), "1150.00", at=now)
    reversing.reverse(payment=payment, act=Act(None, now, reason="cheque returned"))

    assert b"REVERSED" in client.get(f"/receipt/{receipts.token_of(payment)}").content


def test_too_many_receipts_from_one_address_are_put_off(client, now):
    payment = paid(CustomerFactory(), "1150.00", at=now)
    address = f"/receipt/{receipts.token_of(payment)}"

    answers = [client.get(address).status_code for _n in range(31)]

    assert answers == [200] * 30 + [429]


def test_the_receipt_is_sent_again_once_a_minute(client, now):
    from ispbill.notifications.models import Message

    payment = paid(CustomerFactory(), "10.00", at=datetime(2026, 1, 1, tzinfo=UTC))
    before = Message.objects.count()

    for _click in range(3):
        response = client.post(page(payment, "send-receipt"), headers={"HX-Request": "true"})

    assert response.status_code == 204
    assert Message.objects.count() - before in (1, 2)  # two when a minute ended between the clicks


def test_an_invoice_shows_what_was_paid_on_it_and_what_was_reversed(client, now):
    customer = CustomerFactory()
    invoice = open_invoice(customer, "1000.00")
    wrong = paid(customer, "400.00", at=now)
    reversing.reverse(payment=wrong, act=Act(None, now, reason="cheque returned"))
    right = paid(customer, "300.00", at=now, method="BKASH")
    address = reverse("staff_payments:invoice-panel", args=[invoice.number])

    html = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in html
    assert html.index(wrong.receipt_number) < html.index(right.receipt_number)
    assert html.count("reversed") == 1
    assert "bKash" in html
    assert "700.00" in html
    assert (
        address
        in client.get(reverse("staff_billing:invoice", args=[invoice.number])).content.decode()
    )


def test_a_manager_sees_no_payments_on_invoices_of_other_branches(client):
    invoice = open_invoice(CustomerFactory())
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))

    assert (
        client.get(reverse("staff_payments:invoice-panel", args=[invoice.number])).status_code
        == 404
    )
