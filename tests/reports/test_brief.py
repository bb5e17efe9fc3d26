"""On Monday morning the week in figures, once a person, with the rights of that moment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.invoices.models import Document
from billing.invoices.services import documents
from billing.invoices.services.documents import Wanted
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from ispbill.reports.queries import definitions
from ispbill.reports.services import brief
from ispbill.reports.views import brief as brief_paper
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.churn import ScoreFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 4, 6, 2, 0, tzinfo=UTC)  # eight in Dhaka


@pytest.fixture
def owner():
    return UserFactory(role=User.Role.OWNER, email="owner@isp.test", language="en")


def lines(person):
    text = brief.text(person, monday=date(2026, 4, 6)).replace("\u202f", " ")
    return dict(line.split(": ", 1) for line in text.splitlines())


def test_it_tells_what_came_in_what_is_late_and_who_may_leave(owner):
    late, payer = CustomerFactory(), CustomerFactory()
    open_invoice(late, amount="1725.00", due=date(2026, 3, 1))
    open_invoice(payer, amount="575.00", due=date(2026, 4, 1))
    paid(payer, amount="575.00", at=MONDAY - timedelta(days=3))
    ScoreFactory(customer=late, monthly_amount=Decimal("1150.00"))

    told = lines(owner)

    assert told["Came in"].startswith("৳ 575.00")
    assert told["Late"] == "৳ 1,725.00 (customers: 1)"
    assert told["May leave"] == "1 at high risk, who pay ৳ 1,150 a month"
    assert told["Tickets"] == "0 opened, 0 open now"


def test_a_branch_manager_gets_the_branch(owner):
    mine, other = CustomerFactory(), CustomerFactory()
    for customer in (mine, other):
        open_invoice(customer, amount="100.00", due=date(2026, 3, 1))
    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=mine.branch, email="m@isp.test")

    assert lines(manager)["Late"] == "৳ 100.00 (customers: 1)"
    assert lines(owner)["Late"] == "৳ 200.00 (customers: 2)"


def test_it_is_sent_once_a_week_and_on_mondays_only(owner):
    UserFactory(role=User.Role.CASHIER, email="cashier@isp.test")

    counts = [brief.send_due(at=MONDAY + timedelta(days=days)) for days in (0, 0, 1, 7)]

    assert counts == [1, 0, 0, 1]
    message = Message.objects.filter(event="weekly_brief").first()
    assert (message.channel, message.recipient) == ("EMAIL", "owner@isp.test")
    assert message.context["period"] == "2026-03-30/2026-04-06"


def test_the_letter_leads_to_the_week_on_paper_with_every_figure(client, owner):
    clock.set_simulated(MONDAY)
    brief.send_due(at=MONDAY)
    address = Message.objects.get(event="weekly_brief").context["report_url"]
    client.force_login(owner)

    assert address.endswith("/admin/reports/brief/?week=2026-04-06")
    assert client.get(reverse("staff_reports:brief"), {"week": "2026-04-06"}).status_code == 202
    row = Document.objects.get(kind=brief_paper.KIND)
    laid = brief_paper.paper(Wanted(row.kind, row.source_id, "en", row.variant))
    assert [name for name, _words in laid.context["figures"]] == [
        one.name for one in definitions.FIGURES.values()
    ]
    assert documents.make(document_id=row.pk, at=MONDAY)
    file = client.get(reverse("staff_reports:brief"))
    assert b"".join(file.streaming_content).startswith(b"%PDF")


@pytest.mark.parametrize("week", ["2026-04-13", "2026-04-07", "2019-04-01", "soon"])
def test_a_week_that_is_not_over_or_none_has_no_paper(client, owner, week):
    clock.set_simulated(MONDAY)
    client.force_login(owner)

    assert client.get(reverse("staff_reports:brief"), {"week": week}).status_code == 404


def test_who_is_given_a_branch_does_not_meet_the_papers_of_before(client, owner):
    clock.set_simulated(MONDAY)
    client.force_login(owner)
    client.get(reverse("staff_reports:brief"))
    branch = BranchFactory()
    User.objects.filter(pk=owner.pk).update(role=User.Role.BRANCH_MANAGER, branch=branch)
    client.get(reverse("staff_reports:brief"))

    was, now = Document.objects.filter(kind=brief_paper.KIND).order_by("pk")

    assert (was.variant, now.variant) == (f"{owner.pk}:", f"{owner.pk}:{branch.pk}")
    laid = brief_paper.paper(Wanted(was.kind, was.source_id, "en", was.variant))
    assert laid.context["columns"] == [branch.name]


def test_it_speaks_the_persons_language():
    bangla = UserFactory(role=User.Role.OWNER, email="o@isp.test", language="bn")
    assert Company.current().currency == "BDT"
    assert "দেরি" in brief.text(bangla, monday=date(2026, 4, 6))
