"""A month of promises on paper: its figures, who gets it once, who may, and when it warns."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from billing.invoices.models import Document
from billing.invoices.services import documents
from billing.invoices.services.documents import Wanted
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.inbox.models import Notice
from ispbill.notifications.models import Message
from network.outages.models import UptimeMonth
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.tickets import opened, team
from tickets.models import SupportSettings, TicketClock
from tickets.services import sla_report, support

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)  # nine in Dhaka
JANUARY = date(2026, 1, 1)


@pytest.fixture(autouse=True)
def _today():
    clock.set_simulated(FIRST)


@pytest.fixture
def owner():
    return UserFactory(email="owner@demo.test", language="en")


def kept(*, met, breached, branch=None, month=1):
    """Clocks of one resolution each that were judged in a month; met in 60 minutes, late in 180."""
    customer = CustomerFactory(**({"branch": branch} if branch else {}))
    team()
    ticket = opened(customer)
    TicketClock.objects.filter(ticket=ticket).delete()
    at = datetime(2026, month, 10, 6, tzinfo=UTC)
    TicketClock.objects.bulk_create(
        TicketClock(
            ticket=ticket,
            customer=customer,
            kind="RESOLUTION",
            cycle=number + 1,
            target_minutes=120,
            allowed_seconds=7200,
            used_seconds=3600 if number < met else 10_800,
            started_at=at,
            stopped_at=at,
            due_at=at,
            outcome="MET" if number < met else "BREACHED",
        )
        for number in range(met + breached)
    )
    return ticket


def paper(variant=""):
    wanted = Wanted(sla_report.REPORT, sla_report.source_of(JANUARY), "en", variant)
    return documents.paper(wanted).context["figures"]


def test_the_worked_examples_stand_on_the_paper():
    ticket = kept(met=187, breached=16)
    UptimeMonth.objects.create(
        month=JANUARY,
        total_seconds=44_640 * 60,
        down_seconds=134 * 60,
        target="99.500",
        is_breach=False,
    )

    figures = paper()

    whole, first, _next, resolution = figures.kinds
    assert (whole.kept, whole.percent) == ("187 of 203", "92.1 %")
    assert (first.percent, resolution.percent) == ("–", "92.1 %")
    assert figures.mttr_tickets == "1 h 9 min"  # (187 × 60 + 16 × 180) ÷ 203 = 69 min
    assert figures.mttr_outages == "–"
    assert figures.uptime[0][:2] == ("All lines", "99.70 %")
    assert figures.worst[0] == (ticket.number, "Resolution", "–", "1 h")
    assert [heading for heading, _lines in figures.tables][:2] == ["By team", "By category"]


def test_a_branch_has_its_own_paper():
    mine, other = BranchFactory(), BranchFactory()
    kept(met=3, breached=1, branch=mine)
    kept(met=0, breached=5, branch=other)

    assert paper(str(mine.pk)).kinds[0].kept == "3 of 4"
    assert paper().kinds[0].kept == "3 of 9"


def test_sent_on_the_first_to_whom_the_owner_names_once(owner):
    kept(met=9, breached=1)
    boss = UserFactory(email="boss@demo.test")
    support.change(
        values={"report_to": "boss@demo.test, gone@demo.test"},
        act=Act(owner, FIRST, reason="the director asks for it"),
    )

    sent = [sla_report.send_due(at=FIRST + timedelta(hours=hours)) for hours in (0, 1, 24)]

    assert sent == [1, 0, 0]
    letter = Message.objects.get(event="sla_report")
    assert (letter.user_id, letter.channel, letter.context["subject"]) == (
        boss.pk,
        "EMAIL",
        "Jan 2026",
    )
    assert "All promises: 90.0 % (9 of 10)" in letter.context["text"]
    assert "month=2026-01" in letter.context["report_url"]
    assert sla_report.send_due(at=FIRST + timedelta(days=9)) == 0


def test_it_warns_once_a_month_below_the_threshold(owner):
    at = FIRST + timedelta(days=20)
    kept(met=18, breached=2, month=2)
    SupportSettings.objects.create(pk=1, least_percent=90)
    assert sla_report.warn(act=Act(None, at)) == 0  # 90.0 is not below

    kept(met=0, breached=1, month=2)
    assert [sla_report.warn(act=Act(None, at)) for _ in range(3)] == [1, 0, 0]
    assert Message.objects.get(event="sla_low").context["percent"] == "85.7"
    assert Notice.objects.get(user=owner).kind == "sla-low"

    Message.objects.all().delete()
    SupportSettings.objects.update(least_percent=None)
    assert sla_report.warn(act=Act(None, at)) == 0


def test_who_may_have_it_and_only_of_months_that_are_over(client, owner):
    address = reverse("staff_tickets:sla-report")
    client.force_login(UserFactory(role="TECHNICIAN"))
    assert client.get(address, {"month": "2026-01"}).status_code in (302, 403)

    client.force_login(owner)
    assert client.get(address, {"month": "2026-02"}).status_code == 404
    assert client.get(address).status_code == 404
    assert client.get(address, {"month": "2026-01"}).status_code == 202
    row = Document.objects.get(kind=sla_report.REPORT)
    assert documents.make(document_id=row.pk, at=timezone.now())
    file = client.get(address, {"month": "2026-01"})
    assert file["Content-Type"] == "application/pdf"
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert "2026-01" in client.get(reverse("staff_tickets:sla")).content.decode()


def test_the_settings_take_only_staff_who_see_reports(client, owner):
    client.force_login(owner)
    UserFactory(role="SUPPORT", email="helper@demo.test")
    address = reverse("staff_tickets:support-settings")
    given = {"opinion_months": 6, "opinions_a_day": 10, "reason": "a new director"}

    refused = client.post(address, {**given, "report_to": "nobody@demo.test"})
    assert refused.status_code == 422
    client.post(address, {**given, "report_to": "Owner@demo.test"})
    assert SupportSettings.current().report_to == "Owner@demo.test"
    assert [one.pk for one in sla_report.readers()] == [owner.pk]
