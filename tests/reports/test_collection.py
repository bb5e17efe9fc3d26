"""Collection is what is paid of what was due, by one definition wherever it is shown."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.urls import reverse

from billing.invoices.models import InvoiceLine
from billing.ledger.models import Posting
from billing.receivables.services import crediting, voiding
from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.reports.queries import collection, definitions, month
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules import ratios
from payments.desk.services import reversing
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import chart
from tests.factories.payments import paid
from tests.laws import at_once
from tests.reports.conftest import bill, built, moment, serve

pytestmark = pytest.mark.django_db(transaction=True)

ALL = Scope()
WHY = "because the test says so"
D = Decimal


def credit(invoice, net, *, on, kind="CREDIT"):
    line = InvoiceLine.objects.get(invoice=invoice)
    crediting.credit(
        invoice=invoice,
        given=[crediting.Given(line=line, net=D(net))],
        kind=kind,
        on=on,
        act=Act(None, moment(on), reason=WHY),
    )


def told(since, until, scope=ALL):
    found = collection.of(since=since, until=until, scope=scope)
    return found.due, found.paid, found.percent


@pytest.fixture
def spec_january():
    """The worked example: 6,325.00 due, 4,150.00 of it paid, 8,300.00 came in."""
    chart()
    ahead, part, never, credited, old = (
        serve(since=date(2025, 11, 1)).customer for _number in range(5)
    )
    bill(ahead, "1000.00", "150.00", on=date(2025, 12, 29), due=date(2026, 1, 5))
    paid(ahead, "1150.00", at=moment(date(2025, 12, 30)))  # in advance
    bill(part, "1500.00", "225.00", on=date(2026, 1, 1), due=date(2026, 1, 8))
    paid(part, "700.00", at=moment(date(2026, 1, 20)))
    lost = bill(never, "1000.00", "150.00", on=date(2026, 1, 1), due=date(2026, 1, 8))
    credit(lost, "1000.00", on=date(2026, 1, 30), kind="WRITE_OFF")
    noted = bill(credited, "2500.00", "375.00", on=date(2026, 1, 1), due=date(2026, 1, 31))
    credit(noted, "500.00", on=date(2026, 1, 10))
    paid(credited, "2300.00", at=moment(date(2026, 1, 31)))
    bill(old, "4000.00", on=date(2025, 12, 1), due=date(2025, 12, 20))
    paid(old, "4000.00", at=moment(date(2026, 1, 4)))  # an old debt comes in
    paid(ahead, "1300.00", at=moment(date(2026, 1, 25)))  # for bills to come
    void = bill(part, "900.00", on=date(2026, 1, 2), due=date(2026, 1, 9))
    voiding.void(
        invoice=void, act=Act(None, moment(date(2026, 1, 12)), on=date(2026, 1, 12), reason=WHY)
    )
    return {"part": part, "noted": noted, "never": never}


def test_the_worked_example(spec_january, january):
    built(date(2026, 2, 2))

    assert told(**january) == (D("6325.00"), D("4150.00"), D("65.6"))
    assert at_once.broken() == []


def test_the_same_bills_paid_on_time_and_within_thirty_days(spec_january, january):
    paid(spec_january["part"], "1025.00", at=moment(date(2026, 2, 3)))  # 26 days late
    paid(spec_january["never"], "150.00", at=moment(date(2026, 2, 20)))  # 43 days late
    built(date(2026, 2, 24))

    on_time = collection.within(0, **january, scope=ALL)
    assert (on_time.due, on_time.paid, on_time.percent) == (D("6325.00"), D("3450.00"), D("54.5"))
    assert collection.within(30, **january, scope=ALL).percent == D("81.8")  # 5,175.00
    assert definitions.value("collection_on_time", **january, scope=ALL) == D("54.5")
    assert definitions.value("due", **january, scope=ALL) == D("6325.00")


def test_receivables_are_what_the_account_says(spec_january, january):
    built(date(2026, 2, 2))
    account = Posting.objects.filter(account_id=1100, entry__posted_on__lte=january["until"])

    assert (
        definitions.value("receivable", **january, scope=ALL)
        == account.aggregate(balance=Sum("amount"))["balance"]
    )


def test_months_that_are_over_stay_as_they_stood(spec_january, january):
    later = paid(spec_january["part"], "1025.00", at=moment(date(2026, 2, 3)))
    reversing.reverse(payment=later, act=Act(None, moment(date(2026, 2, 5)), reason=WHY))
    credit(spec_january["noted"], "100.00", on=date(2026, 2, 6))
    built(date(2026, 2, 10))

    assert told(**january) == (D("6325.00"), D("4150.00"), D("65.6"))


def test_several_months_are_the_sum_of_theirs(spec_january):
    built(date(2026, 2, 2))

    assert told(date(2025, 12, 1), date(2026, 2, 2))[:2] == (D("10325.00"), D("4150.00"))


@pytest.mark.parametrize("until", [date(2026, 1, 19), date(2026, 1, 20)])
def test_days_within_a_month_are_looked_at_on_the_last_of_them(spec_january, until):
    built(date(2026, 2, 2))

    assert (
        told(date(2026, 1, 2), until)
        == {
            date(2026, 1, 19): (D("4025.00"), D("1150.00"), D("28.6")),
            date(2026, 1, 20): (D("4025.00"), D("1850.00"), D("46.0")),
        }[until]
    )


def test_parts_of_the_company_add_up_to_it(spec_january, january):
    built(date(2026, 2, 2))

    parts = collection.by("branch", **january, scope=ALL)

    whole = sum(parts.values(), collection.Collection())
    assert (whole.due, whole.paid) == (D("6325.00"), D("4150.00"))
    assert told(**january, scope=Scope(branch_id=BranchFactory().pk)) == (0, 0, None)


@pytest.mark.parametrize(
    "build_until",
    [None, date(2025, 12, 31), date(2026, 1, 7), date(2026, 1, 19), date(2026, 1, 30)],
)
def test_the_running_month_is_as_of_now_however_far_the_figures_are_built(
    spec_january, build_until
):
    if build_until:
        built(build_until)

    now = month.collection(on=date(2026, 1, 31)).of_due

    assert (now.due, now.paid, now.percent) == (D("6325.00"), D("4150.00"), D("65.6"))


def test_prepaid_services_owe_nothing(january):
    chart()
    service = serve(since=date(2025, 12, 1))
    bill(service.customer, "500.00", on=date(2026, 1, 5), subscription=service)
    Subscription.objects.filter(pk=service.pk).update(mode="PREPAID")
    built(date(2026, 2, 2))

    assert told(**january) == (0, 0, None)


def test_dashboard_and_report_show_the_same(client, spec_january, monkeypatch):
    from ispbill.core import clock

    monkeypatch.setattr(clock, "now", lambda: moment(date(2026, 1, 31), 6))
    built(date(2026, 1, 30))
    client.force_login(UserFactory())
    tile = client.get(reverse("staff:tile", args=["course"])).content.decode()
    built(date(2026, 1, 31))
    monkeypatch.setattr(clock, "now", lambda: moment(date(2026, 2, 1), 6))
    report = client.get(
        reverse("staff_reports:revenue-collection"), {"since": "2026-01-01", "until": "2026-01-31"}
    )

    assert "65.6 % of" in tile
    shown = {one.label: one for one in report.context["report"].figures}
    assert shown["Collection efficiency"].words == "65.6 %"


@pytest.mark.parametrize(
    ("part", "base", "shown"),
    [
        ("4150", "6325", "65.6"),
        ("0", "10", "0.0"),
        ("10", "10", "100.0"),
        ("9996", "10000", "99.9"),
        ("9994", "10000", "99.9"),
        ("1", "800", "0.1"),
        ("3", "800", "0.4"),
        ("5", "0", None),
    ],
)
def test_a_hundred_says_that_nothing_is_missing(part, base, shown):
    assert ratios.percent(D(part), D(base)) == (None if shown is None else D(shown))
