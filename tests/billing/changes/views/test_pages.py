"""Every page of billing: who may, whole and as a fragment, and how many questions it asks."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from billing.changes.views import bulk
from billing.invoices.models import Invoice
from billing.run.services import cycle
from customers.models import AccountState, Customer, Suspension
from customers.services import bulk_runs
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core import clock
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

R = User.Role
OFFICE = {R.OWNER, R.BILLING, R.BRANCH_MANAGER}
WHY = {"reason_code": "OTHER", "reason": "told so on the phone"}


@pytest.fixture(autouse=True)
def _ten_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 10, 4, 0, tzinfo=UTC))


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def a_debtor(amount="1150.00", due=date(2026, 1, 5)):
    subscription = SubscriptionFactory()
    scheduled(subscription, billed_until=date(2026, 2, 5))
    AccessFactory(subscription=subscription)
    open_invoice(subscription.customer, amount=amount, due=due)
    return subscription


def address(name, *args):
    return reverse(f"staff_billing:{name}", args=args)


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("invoices", OFFICE | {R.CASHIER, R.SUPPORT, R.AUDITOR, R.SALES}),
        ("runs", {R.OWNER, R.BILLING}),
        ("new-run", {R.OWNER, R.BILLING}),
        ("dunning", OFFICE | {R.CASHIER, R.SUPPORT, R.AUDITOR, R.SALES}),
        ("ledger", {R.OWNER, R.BILLING, R.AUDITOR}),
        ("bulk-suspend", OFFICE | {R.SUPPORT, R.NOC}),
    ],
)
def test_a_page_opens_for_its_roles_and_no_others(client, name, roles):
    branch = BranchFactory()
    answers = {}
    for role in R.values:
        client.force_login(UserFactory(role=role, branch=branch))
        answers[role] = client.get(address(name)).status_code

    portals = {R.TECHNICIAN, R.COLLECTOR, R.RESELLER, R.CUSTOMER}
    assert answers == {
        role: 302 if role in portals else 200 if role in roles else 403 for role in R.values
    }


@pytest.mark.parametrize("name", ["invoices", "dunning"])
def test_a_list_asks_as_much_for_three_rows_as_for_one(client, owner, name):
    a_debtor()
    one = queries_of(client, address(name))
    a_debtor()
    a_debtor()

    assert queries_of(client, address(name)) == one
    assert one <= 10  # two of them: whose line an outage has taken


def test_htmx_gets_the_list_alone(client, owner):
    a_debtor()
    whole = client.get(address("invoices"))
    part = client.get(address("invoices"), headers={"HX-Request": "true", "HX-Target": "list"})

    assert (b"<html" in whole.content, b"<html" in part.content) == (True, False)
    assert b"INV-2026-00001" in part.content
    assert "HX-Request" in part.headers["Vary"]


def test_states_filters_and_totals_of_the_list(client, owner):
    overdue = a_debtor()
    later = a_debtor(amount="500.00", due=date(2026, 1, 20))
    partly = a_debtor(amount="800.00", due=date(2026, 1, 20))
    paid(partly.customer, "300.00", at=datetime(2026, 1, 9, 4, 0, tzinfo=UTC))

    def seen(query):
        context = client.get(f"{address('invoices')}?{query}").context
        return [row.customer_number for row in context["rows"]], context["totals"].due

    numbers = [one.customer.number for one in (overdue, later, partly)]
    assert seen("") == (numbers[::-1], Decimal("2150.00"))
    assert seen("state=OVERDUE") == ([numbers[0]], Decimal("1150.00"))
    assert seen("state=UNPAID") == ([numbers[1]], Decimal("500.00"))
    assert seen("state=PARTIAL") == ([numbers[2]], Decimal("500.00"))
    assert seen("state=PAID") == ([], Decimal(0))
    assert seen("sort=due")[0] == numbers
    assert seen(f"customer={numbers[1]}")[0] == [numbers[1]]
    assert seen("q=00002")[0] == [numbers[1]]
    assert seen("due_from=2026-01-06&amount_to=600")[0] == [numbers[1]]


@pytest.mark.parametrize("sort", ["", "due"])
def test_pages_follow_one_another_without_gap_or_repeat(client, owner, sort):
    customer = CustomerFactory()
    for number in range(30):
        open_invoice(customer, amount="10.00", due=date(2026, 1, 1 + number % 3))

    first = client.get(f"{address('invoices')}?sort={sort}&size=25").context
    second = client.get(
        f"{address('invoices')}?sort={sort}&size=25&after={first['pager'].older}"
    ).context
    back = client.get(
        f"{address('invoices')}?sort={sort}&size=25&before={second['pager'].newer}"
    ).context

    numbers = [row.number for row in [*first["rows"], *second["rows"]]]
    assert (len(numbers), len(set(numbers))) == (30, 30)
    assert [row.number for row in back["rows"]] == [row.number for row in first["rows"]]
    assert (second["pager"].older, back["pager"].newer) == ("", "")


def test_a_made_up_cursor_leads_to_the_first_page(client, owner):
    a_debtor()

    assert len(client.get(f"{address('invoices')}?after=%00nonsense").context["rows"]) == 1


def test_the_file_has_the_filtered_rows_and_no_formula(client, owner):
    debtor = a_debtor()
    Customer.objects.filter(pk=debtor.customer_id).update(name="=1+1")
    a_debtor(amount="77.00", due=date(2026, 1, 20))

    text = b"".join(
        client.get(f"{address('invoices-export')}?state=OVERDUE").streaming_content
    ).decode()
    sheet = client.get(f"{address('invoices-export')}?as=xlsx")

    assert text.splitlines()[1].startswith("INV-2026-00001,OVERDUE,")
    assert ("'=1+1" in text, "77.00" in text) == (True, False)
    rows = list(load_workbook(BytesIO(sheet.content)).active.iter_rows())
    assert (len(rows), rows[2][3].data_type) == (3, "s")


def test_a_manager_sees_the_own_branch_only(client):
    mine, other = a_debtor(), a_debtor()
    client.force_login(UserFactory(role=R.BRANCH_MANAGER, branch=mine.customer.branch))
    theirs = Invoice.objects.get(customer=other.customer).number

    assert [row.customer_number for row in client.get(address("invoices")).context["rows"]] == [
        mine.customer.number
    ]
    assert client.get(address("invoice", theirs)).status_code == 404
    assert client.get(address("promise", other.customer.number)).status_code == 404
    assert client.get(address("service-suspend", other.customer.number, 1)).status_code == 404
    assert (
        client.get(address("bulk-suspend") + f"?ids={other.customer_id}").context["is_possible"]
        is False
    )


def test_an_invoice_explains_each_amount(client, owner, at):
    subscription = SubscriptionFactory()
    scheduled(subscription, billed_until=date(2026, 1, 20))
    cycle.run(on=date(2026, 1, 13), act=Act(None, at))

    page = client.get(address("invoice", "INV-2026-00001"))

    text = page.content.decode()
    assert "16 of 31 days" in text
    assert "16 ÷ 31 = 0.516129032" in text
    assert "rounded half-up" in text


def test_voiding_asks_for_a_reason_and_does_it_once(client, owner):
    a_debtor()
    url = address("invoice-void", "INV-2026-00001")

    short = client.post(url, {"reason_code": "OTHER", "reason": "short"})
    good = client.post(url, WHY, headers={"HX-Request": "true"})
    again = client.post(url, WHY)

    assert (short.status_code, good.status_code, again.status_code) == (422, 204, 422)
    invoice = Invoice.objects.get()
    assert (invoice.status, invoice.void_reason) == ("VOID", "Something else: told so on the phone")
    assert AccountState.objects.get().balance_amount == 0
    assert "dialog:close" in good.headers["HX-Trigger"]


def test_an_invoice_with_money_on_it_says_why_it_cannot_be_voided(client, owner, at):
    debtor = a_debtor()
    paid(debtor.customer, "100.00", at=at)
    url = address("invoice-void", "INV-2026-00001")

    page, sent = client.get(url), client.post(url, WHY)

    assert "cannot be voided" in page.content.decode()
    assert (sent.status_code, Invoice.objects.get().status) == (422, "OPEN")


def first_row(response):
    return response.context["groups"][0]["rows"][0]


def test_the_queue_says_when_and_why_and_simulates_another_grace(client, owner):
    a_debtor()

    real = client.get(address("dunning"))
    other = client.get(
        address("dunning") + "?grace=10", headers={"HX-Request": "true", "HX-Target": "queue"}
    )

    assert "days of grace ended on" in first_row(real)["why"]
    assert "15 Jan 2026" in other.content.decode()
    assert (real.context["queue"].cut_now, other.context["queue"].cut_now) == (1, 0)


def test_a_promise_is_noted_from_the_queue(client, owner):
    debtor = a_debtor()
    url = address("promise", debtor.customer.number)

    too_far = client.post(url, {**WHY, "until": "2026-02-20"})
    good = client.post(url, {**WHY, "until": "2026-01-20"})

    assert (too_far.status_code, good.status_code) == (422, 302)
    assert "promised by" in first_row(client.get(address("dunning"), {"show": "promised"}))["why"]


def test_excluding_and_putting_back(client, owner):
    debtor = a_debtor()
    url = address("never-suspend", debtor.customer.number)

    client.post(url, WHY)
    assert "Never suspended" in first_row(client.get(address("dunning"), {"show": "kept"}))["why"]
    client.post(url, WHY)

    assert not Customer.objects.get().is_never_suspended
    assert AuditEvent.objects.filter(action__startswith="customer.").count() == 2


def test_the_activation_dialog_shows_the_bill_it_then_writes(client, owner):
    subscription = SubscriptionFactory(status="PENDING", activated_on=None)
    url = address("service-activate", subscription.customer.number, 1)

    shown = client.get(f"{url}?on=2026-01-08").context
    sent = client.post(url, {**WHY, "on": "2026-01-08"}, headers={"HX-Request": "true"})

    assert sent.status_code == 204
    assert shown["bill_total"] == Invoice.objects.get().total_amount
    assert shown["bill"][0]["text"].startswith("28 of 31 days")


def test_suspend_reactivate_cancel_through_their_dialogs(client, owner):
    subscription = a_debtor()
    number = subscription.customer.number
    dialog = {"HX-Request": "true"}

    refused = client.post(address("service-suspend", number, 1), {"kind": "NON_PAYMENT"})
    done = client.post(
        address("service-suspend", number, 1),
        {**WHY, "kind": "FRAUD", "billed": "no"},
        headers=dialog,
    )
    assert (refused.status_code, done.status_code) == (422, 204)
    assert (Suspension.objects.get().kind, Suspension.objects.get().is_billed) == ("FRAUD", False)

    back = client.get(address("service-reactivate", number, 1))
    assert "cuts the service off again" in back.content.decode()
    assert (
        client.post(address("service-reactivate", number, 1), WHY, headers=dialog).status_code
        == 204
    )

    far = client.post(address("service-cancel", number, 1), {**WHY, "on": "2027-01-31"})
    gone = client.post(
        address("service-cancel", number, 1), {**WHY, "on": "2026-01-10"}, headers=dialog
    )
    assert (far.status_code, gone.status_code) == (422, 204)
    assert "cannot be done" in client.get(address("service-cancel", number, 1)).content.decode()


def test_many_are_suspended_only_when_the_word_is_typed(client, owner):
    ids = [a_debtor().customer_id for _ in range(2)]
    url = address("bulk-suspend")
    page = client.get(f"{url}?ids={ids[0]}&ids={ids[1]}")
    sent = {**WHY, "kind": "NON_PAYMENT", "ids": page.context["form"].initial["ids"]}

    wrong = client.post(url, {**sent, "typed": "SUSPEND 3"})
    assert (wrong.status_code, Suspension.objects.count()) == (422, 0)
    client.post(url, {**sent, "typed": "SUSPEND 2"})

    assert Suspension.objects.count() == 2


def test_more_than_one_waits_for_are_suspended_by_a_job_one_can_watch(client, owner, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    ids = [a_debtor().customer_id for _ in range(2)]
    sent = {**WHY, "kind": "NON_PAYMENT", "ids": ",".join(map(str, ids)), "typed": "SUSPEND 2"}

    answer = client.post(address("bulk-suspend"), sent)
    run = JobRun.objects.get(job=bulk_runs.JOB)
    asked = (run.total, run.detail["what"], Suspension.objects.count())
    bulk_runs.make(run_id=run.pk, at=run.started_at)
    page = client.get(answer.headers["Location"]).content.decode()

    assert asked == (2, "suspend", 0)
    assert Suspension.objects.count() == 2
    assert reverse("staff_customers:bulk-file", args=[run.pk]) in page


def test_everything_a_filter_leaves_can_be_suspended(client, owner):
    for _ in range(2):
        a_debtor()

    page = client.get(address("bulk-suspend") + "?all=1&filters=")

    assert page.context["form"].typed_word == "SUSPEND 2"


def test_the_panel_is_a_fragment_for_htmx_and_a_page_without(client, owner):
    debtor = a_debtor()
    url = address("customer-panel", debtor.customer.number)

    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    whole = client.get(url).content.decode()

    assert ("<html" in part, "<html" in whole) == (False, True)
    assert "Owes" in part
    assert "05 Feb – 04 Mar 2026" in part


def test_the_dashboard_s_invoices_due_today_are_the_ones_listed(client, owner):
    a_debtor(due=date(2026, 1, 9))
    today = a_debtor(due=date(2026, 1, 10))
    a_debtor(due=date(2026, 1, 11))
    settled = a_debtor(due=date(2026, 1, 10))
    paid(settled.customer, "1150.00", at=datetime(2026, 1, 9, 4, 0, tzinfo=UTC))

    page = client.get(f"{address('invoices')}?due=today")

    assert [row.customer_number for row in page.context["rows"]] == [today.customer.number]
    assert [chip["value"] for chip in page.context["chips"]] == ["Today"]
