"""Correcting money in the console: dialogs that say what they do, a queue for a second person."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.invoices.models import CreditNote, Invoice
from billing.receivables.services import corrections
from customers.models import CustomerLogin
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.credits import REASON, taxed_invoice
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
ON = date(2026, 1, 10)
WHY = {"reason_code": "OTHER", "reason": "told so on the phone", "includes_tax": "net"}
HTMX = {"HTTP_HX_REQUEST": "true"}
R = User.Role


@pytest.fixture(autouse=True)
def _ten_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def clerk(client):
    user = UserFactory(role=R.BILLING)
    client.force_login(user)
    return user


def limit(**values):
    Company.current()
    Company.objects.update(**values)
    Company.forget_cached()


def address(name, *args):
    return reverse(f"staff_billing:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def ask(invoice, actor, net="1000.00"):
    return corrections.credit(
        invoice=invoice,
        nets={invoice.lines.first().pk: Decimal(net)},
        act=Act(actor, AT, on=ON, reason=REASON),
    )


def net_field(invoice):
    return f"net_{invoice.lines.first().pk}"


def test_a_paid_invoice_offers_the_credit_note_and_says_what_it_does(client, clerk):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer)
    paid(customer, "1150.00", at=AT)

    page = text_of(client.get(address("invoice", invoice.number)))
    preview = client.post(
        address("credit-preview", invoice.number), {net_field(invoice): "200"}, **HTMX
    )

    assert address("invoice-credit", invoice.number) in page
    assert address("invoice-void", invoice.number) not in page
    assert "230.00" in text_of(preview)
    assert "stays as credit" in text_of(preview)


def test_the_void_page_of_a_touched_invoice_leads_to_the_credit_note(client, clerk):
    customer = CustomerFactory()
    invoice = taxed_invoice(customer)
    paid(customer, "10.00", at=AT)

    page = text_of(client.get(address("invoice-void", invoice.number)))

    assert address("invoice-credit", invoice.number) in page


def test_crediting_through_the_page_issues_the_note(client, clerk):
    invoice = taxed_invoice(CustomerFactory())

    response = client.post(
        address("invoice-credit", invoice.number), {net_field(invoice): "200", **WHY}
    )

    note = CreditNote.objects.get()
    assert response.status_code == 302
    assert (note.total_amount, note.created_by) == (Decimal("230.00"), clerk)
    page = text_of(client.get(address("credit-note", note.number)))
    assert note.number in page
    assert "told so on the phone" in page
    assert note.number in text_of(client.get(address("credits")))
    assert note.number in text_of(client.get(address("invoice", invoice.number)))


@pytest.mark.parametrize(
    "form", [{}, {"net": "1000.01"}, {"net": "-5"}, {"net": "five"}, {"net": "5", "reason": "no"}]
)
def test_a_form_that_makes_no_sense_is_refused(client, clerk, form):
    invoice = taxed_invoice(CustomerFactory())
    data = {**WHY, **form}
    if "net" in data:
        data[net_field(invoice)] = data.pop("net")

    response = client.post(address("invoice-credit", invoice.number), data)

    assert response.status_code == 422
    assert CreditNote.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "typed", "net", "tax"),
    [
        ("net", "200", "200.00", "30.00"),
        ("gross", "230", "200.00", "30.00"),
        ("gross", "100", "86.96", "13.04"),
        ("gross", "0.01", "0.01", "0.00"),
        ("gross", "1150", "1000.00", "150.00"),
    ],
)
def test_amounts_are_typed_with_or_without_tax_and_booked_as_shown(
    client, clerk, kind, typed, net, tax
):
    invoice = taxed_invoice(CustomerFactory())
    data = {net_field(invoice): typed, **WHY, "includes_tax": kind}

    preview = client.post(address("credit-preview", invoice.number), data, **HTMX)
    client.post(address("invoice-credit", invoice.number), data)

    total = preview.context["preview"]["total"]
    note = CreditNote.objects.get()
    assert (total.net, total.tax) == (Decimal(net), Decimal(tax))
    assert (note.net_amount, note.tax_amount) == (Decimal(net), Decimal(tax))
    assert note.total_amount == Decimal(net) + Decimal(tax)


@pytest.mark.parametrize(
    ("kind", "typed", "status"),
    [("net", "1000.01", 422), ("gross", "1150.01", 422), ("gross", "1150", 302)],
)
def test_no_more_is_taken_than_is_left_with_or_without_tax(client, clerk, kind, typed, status):
    invoice = taxed_invoice(CustomerFactory())

    response = client.post(
        address("invoice-credit", invoice.number),
        {net_field(invoice): typed, **WHY, "includes_tax": kind},
    )

    assert response.status_code == status


def test_many_credits_with_tax_add_up_to_what_was_charged(client, clerk):
    invoice = taxed_invoice(CustomerFactory())

    for typed in ("383.33", "383.33", "383.34"):
        client.post(
            address("invoice-credit", invoice.number),
            {net_field(invoice): typed, **WHY, "includes_tax": "gross"},
        )

    notes = CreditNote.objects.all()
    assert [note.total_amount for note in notes.order_by("pk")] == [
        Decimal("383.33"),
        Decimal("383.33"),
        Decimal("383.34"),
    ]
    assert sum(note.net_amount for note in notes) == Decimal("1000.00")
    assert sum(note.tax_amount for note in notes) == Decimal("150.00")


def test_a_credit_with_tax_is_approved_as_it_was_asked_for(client, clerk):
    limit(credit_limit_amount=Decimal("50.00"))
    invoice = taxed_invoice(CustomerFactory())
    client.post(
        address("invoice-credit", invoice.number),
        {net_field(invoice): "100", **WHY, "includes_tax": "gross"},
    )

    approvals.approve(
        approval=Approval.objects.get(), note="", act=Act(UserFactory(role=R.OWNER), AT, on=ON)
    )

    note = CreditNote.objects.get()
    assert (note.net_amount, note.tax_amount) == (Decimal("86.96"), Decimal("13.04"))


def test_the_form_asks_whether_the_amounts_include_tax(client, clerk):
    invoice = taxed_invoice(CustomerFactory())

    page = text_of(client.get(address("invoice-credit", invoice.number)))

    assert "The amounts are" in page
    assert "with tax" in page


def test_all_that_is_left_is_filled_in_on_request(client, clerk):
    invoice = taxed_invoice(CustomerFactory())

    page = text_of(client.get(address("invoice-credit", invoice.number) + "?whole=1"))

    assert 'value="1000.00"' in page
    assert "1,150.00" in page


def test_above_the_limit_it_waits_and_the_page_says_so(client, clerk):
    limit(credit_limit_amount=Decimal(100))
    invoice = taxed_invoice(CustomerFactory())

    client.post(address("invoice-credit", invoice.number), {net_field(invoice): "200", **WHY})

    approval = Approval.objects.get()
    assert CreditNote.objects.count() == 0
    assert "waits for approval" in text_of(client.get(address("invoice", invoice.number)))
    queue = text_of(client.get(address("approvals")))
    assert address("withdraw-approval", approval.pk) in queue
    assert address("approval", approval.pk) not in queue.replace(
        address("withdraw-approval", approval.pk), ""
    )


def test_another_person_approves_on_the_queue_page(client, clerk):
    limit(credit_limit_amount=Decimal(100))
    approval = ask(taxed_invoice(CustomerFactory()), clerk).approval
    client.force_login(UserFactory(role=R.OWNER))

    waiting = client.get(reverse("staff:tile", args=["work"])).context["decisions"]
    page = text_of(client.get(address("approval", approval.pk)))
    response = client.post(address("approval", approval.pk), {"decision": "approve"})

    assert [one["count"] for one in waiting] == [1]
    assert REASON in page
    assert response.status_code == 302
    assert CreditNote.objects.get().total_amount == Decimal("1150.00")
    again = client.post(address("approval", approval.pk), {"decision": "approve"})
    assert again.status_code == 422


def test_a_rejection_needs_words(client, clerk):
    limit(credit_limit_amount=Decimal(100))
    approval = ask(taxed_invoice(CustomerFactory()), clerk).approval
    client.force_login(UserFactory(role=R.OWNER))

    short = client.post(address("approval", approval.pk), {"decision": "reject"})
    done = client.post(
        address("approval", approval.pk), {"decision": "reject", "note": "credit half of it"}
    )

    assert (short.status_code, done.status_code) == (422, 302)
    approval.refresh_from_db()
    assert approval.status == "REJECTED"


def test_the_requester_is_told_to_wait_and_may_withdraw(client, clerk):
    limit(credit_limit_amount=Decimal(100))
    approval = ask(taxed_invoice(CustomerFactory()), clerk).approval

    page = text_of(client.get(address("approval", approval.pk)))
    forced = client.post(address("approval", approval.pk), {"decision": "approve"})
    client.post(address("withdraw-approval", approval.pk))

    assert "somebody else has to decide" in page
    assert forced.status_code == 422
    approval.refresh_from_db()
    assert approval.status == "WITHDRAWN"


def test_a_stale_request_is_shown_as_such(client, clerk):
    limit(credit_limit_amount=Decimal(200))
    invoice = taxed_invoice(CustomerFactory())
    approval = ask(invoice, clerk).approval
    ask(invoice, clerk, net="100.00")
    client.force_login(UserFactory(role=R.OWNER))

    page = text_of(client.get(address("approval", approval.pk)))
    response = client.post(address("approval", approval.pk), {"decision": "approve"})

    assert "has changed since" in page
    assert response.status_code == 422
    approval.refresh_from_db()
    assert approval.status == "STALE"


def test_a_write_off_through_the_page(client, clerk):
    invoice = taxed_invoice(CustomerFactory(), "100.00")

    response = client.post(
        address("invoice-write-off", invoice.number), {"amount": "115.00", **WHY}
    )

    invoice.refresh_from_db()
    assert response.status_code == 302
    assert invoice.amount_due == 0
    assert "Credited" in text_of(client.get(address("invoice", invoice.number)))


def test_a_charge_through_the_page_with_its_preview(client, clerk):
    customer = CustomerFactory()
    form = {
        "what_1": "EQUIPMENT", "text_1": "Router", "amount_1": "2,500", "tax_1": "15",
        "what_2": "FEE", "text_2": "Visit", "amount_2": "300", "tax_2": "0",
        "due_date": "2026-01-17", **WHY,
    }  # fmt: skip

    preview = client.post(address("charge-preview", customer.number), form, **HTMX)
    response = client.post(address("charge", customer.number), form)

    invoice = Invoice.objects.get()
    assert "3,175.00" in text_of(preview)
    assert response.status_code == 302
    assert (invoice.total_amount, invoice.kind) == (Decimal("3175.00"), "ONE_OFF")


def test_a_charge_without_lines_or_due_in_the_past_is_refused(client, clerk):
    customer = CustomerFactory()

    for form in (
        {"due_date": "2026-01-17"},
        {"due_date": "2026-01-09", "text_1": "Visit", "amount_1": "5"},
        {"due_date": "2026-01-17", "text_1": "Visit"},
    ):
        response = client.post(address("charge", customer.number), {**form, **WHY})
        assert response.status_code == 422
    assert Invoice.objects.count() == 0


def test_lists_ask_the_same_whatever_their_length(client, clerk):
    limit(credit_limit_amount=Decimal(500))

    def grow(count):
        for _n in range(count):
            invoice = taxed_invoice(CustomerFactory())
            ask(invoice, clerk, net="10.00")
            ask(invoice, clerk, net="900.00")

    grow(1)
    one = {name: queries_of(client, address(name)) for name in ("credits", "approvals")}
    invoice = Invoice.objects.get()
    one["invoice"] = queries_of(client, address("invoice", invoice.number))
    grow(2)
    ask(invoice, clerk, net="5.00")
    ask(invoice, clerk, net="6.00")
    three = {name: queries_of(client, address(name)) for name in ("credits", "approvals")}
    three["invoice"] = queries_of(client, address("invoice", invoice.number))

    assert three == one


@pytest.mark.parametrize("role", [R.CASHIER, R.SUPPORT, R.NOC, R.SALES, R.AUDITOR])
def test_who_may_not_correct_is_refused(client, role):
    invoice = taxed_invoice(CustomerFactory())
    client.force_login(UserFactory(role=role))

    for name in ("invoice-credit", "invoice-write-off"):
        assert client.get(address(name, invoice.number)).status_code == 403
    assert client.get(address("charge", invoice.customer.number)).status_code == 403


def test_another_branch_is_not_found(client):
    invoice = taxed_invoice(CustomerFactory())
    note = ask(invoice, UserFactory(), net="10.00").document
    client.force_login(UserFactory(role=R.BRANCH_MANAGER, branch=BranchFactory()))

    assert client.get(address("credit-note", note.number)).status_code == 404
    assert note.number not in text_of(client.get(address("credits")))


def test_the_portal_shows_its_credit_notes_and_no_write_offs(client):
    customer = CustomerFactory()
    login = UserFactory(role=R.CUSTOMER, branch=None)
    CustomerLogin.objects.create(user=login, customer=customer)
    invoice = taxed_invoice(customer, "100.00", "50.00")
    clerk = UserFactory()
    note = ask(invoice, clerk, net="10.00").document
    lost = corrections.write_off(
        invoice=Invoice.objects.get(), amount=Decimal(20), act=Act(clerk, AT, on=ON, reason=REASON)
    ).document
    other = ask(taxed_invoice(CustomerFactory()), clerk, net="10.00").document
    client.force_login(login)

    page = text_of(client.get(reverse("portal:invoice", args=[invoice.number])))

    assert note.number in page
    assert lost.number not in page
    pdf = "portal_billing:credit-note-pdf"
    assert client.get(reverse(pdf, args=[note.number])).status_code in (200, 202)
    for foreign in (lost, other):
        assert client.get(reverse(pdf, args=[foreign.number])).status_code == 404


def test_approving_is_for_the_office(client, clerk):
    limit(credit_limit_amount=Decimal(100))
    approval = ask(taxed_invoice(CustomerFactory()), clerk).approval
    client.force_login(UserFactory(role=R.CASHIER))

    assert client.get(address("approval", approval.pk)).status_code == 403
    assert approvals.is_current(approval)


DRAFT = {"text_1": "Visit", "amount_1": "300", "tax_1": "15", "due_date": "2026-01-17"}


def test_a_draft_is_kept_changed_and_issued(client, clerk):
    customer = CustomerFactory()

    client.post(address("charge", customer.number), {**DRAFT, "keep": "1"})
    draft = Invoice.objects.get()
    listed = text_of(client.get(address("drafts")))
    client.post(address("draft", draft.pk), {**DRAFT, "amount_1": "400", "keep": "1"})
    changed = Invoice.objects.get()
    client.post(address("draft", draft.pk), {**DRAFT, "amount_1": "400", **WHY})

    assert (draft.status, draft.number, draft.total_amount) == ("DRAFT", None, Decimal("345.00"))
    assert address("draft", draft.pk) in listed
    assert (changed.pk, changed.total_amount) == (draft.pk, Decimal("460.00"))
    issued = Invoice.objects.get()
    assert (issued.status, issued.kind, issued.total_amount) == (
        "OPEN",
        "ONE_OFF",
        Decimal("460.00"),
    )


def test_a_draft_moves_no_money_and_is_thrown_away(client, clerk):
    customer = CustomerFactory()
    client.post(address("charge", customer.number), {**DRAFT, "keep": "1"})
    draft = Invoice.objects.get()

    customer.account_state.refresh_from_db()
    assert customer.account_state.balance_amount == 0
    assert str(draft.total_amount) not in text_of(client.get(address("invoices")))
    client.post(address("discard-draft", draft.pk))

    assert Invoice.objects.count() == 0
    assert client.get(address("draft", draft.pk)).status_code == 404


def test_issuing_a_draft_needs_a_reason_and_keeps_to_the_limit(client, clerk):
    limit(charge_limit_amount=Decimal(100))
    customer = CustomerFactory()
    client.post(address("charge", customer.number), {**DRAFT, "keep": "1"})
    draft = Invoice.objects.get()

    without = client.post(address("draft", draft.pk), DRAFT)
    client.post(address("draft", draft.pk), {**DRAFT, **WHY})

    assert without.status_code == 422
    assert Invoice.objects.count() == 0
    assert Approval.objects.get().amount == Decimal("345.00")


def test_an_issued_invoice_is_no_draft(client, clerk):
    invoice = taxed_invoice(CustomerFactory())

    assert client.get(address("draft", invoice.pk)).status_code == 404
    assert client.post(address("discard-draft", invoice.pk)).status_code == 404
