"""Pauses on pages: the customer asks having seen what it does, staff say yes or no."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from psycopg.types.range import DateRange

from billing.changes.models import PauseRequest, PlannedMove
from billing.changes.queries import pauses
from customers.models import CustomerLogin
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.reports.queries import work
from tests.factories.accounts import UserFactory
from tests.factories.changes import PauseRequestFactory, billed_service
from tests.factories.network import AccessFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 1, 8, 4, 0, tzinfo=UTC)
DAYS = {"start": "2026-01-10", "until": "2026-01-15", "note": "wedding in Sylhet"}


@pytest.fixture(autouse=True)
def _eight_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def service():
    service = billed_service("1000.00")
    AccessFactory(subscription=service)
    return service


@pytest.fixture
def customer(client, service):
    user = UserFactory(role=User.Role.CUSTOMER)
    CustomerLogin.objects.create(user=user, customer=service.customer)
    client.force_login(user)
    return user


def portal(name, *args):
    return reverse(f"portal_billing:{name}", args=args)


def staff(name, *args):
    return reverse(f"staff_billing:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def ask(client, service):
    url = portal("ask-pause", service.customer.number, 1)
    client.post(url, {**DAYS, "action": "ask"})
    return PauseRequest.objects.latest("pk")


def test_the_customer_sees_line_and_money_before_asking(client, customer, service):
    url = portal("ask-pause", service.customer.number, 1)
    assert url in text_of(client.get(portal("pauses")))

    shown = client.post(url, {**DAYS, "action": "show"})

    text = text_of(shown)
    assert "The line is closed for 5 days" in text
    assert "The days of a pause are not billed; those billed already are credited." in text
    assert "৳ 185.48 with tax of days that are billed already comes back on return." in text
    assert not PauseRequest.objects.exists()


def test_asked_it_is_followed_and_withdrawn(client, customer, service):
    row = ask(client, service)

    page = text_of(client.get(portal("pause", row.pk)))
    assert "185.48" in page
    assert "A request is waiting. One at a time." in text_of(client.get(portal("pauses")))
    client.post(portal("withdraw-pause", row.pk))
    client.post(portal("withdraw-pause", row.pk))

    row.refresh_from_db()
    assert row.status == "WITHDRAWN"


def test_impossible_days_are_said_and_what_was_typed_stays(client, customer, service):
    url = portal("ask-pause", service.customer.number, 1)

    answer = client.post(url, {**DAYS, "start": "2026-01-08", "action": "show"})

    assert answer.status_code == 422
    assert "A pause can begin tomorrow at the earliest." in text_of(answer)
    assert "wedding in Sylhet" in text_of(answer)


def test_nobody_else_s_service_or_request_is_there(client, customer):
    other = PauseRequestFactory()

    answers = [
        client.get(portal("ask-pause", other.customer.number, 1)),
        client.get(portal("pause", other.pk)),
        client.post(portal("withdraw-pause", other.pk)),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_staff_approve_with_the_effects_in_view(client, customer, service):
    row = ask(client, service)
    owner = UserFactory()
    client.force_login(owner)

    queue = text_of(client.get(staff("pauses")))
    panel = text_of(client.get(staff("customer-panel", service.customer.number)))
    dialog = text_of(client.get(staff("approve-pause", row.pk)))
    client.post(staff("approve-pause", row.pk), {"note": ""})

    assert staff("approve-pause", row.pk) in queue
    assert staff("approve-pause", row.pk) in panel
    assert "closes it and opens it again" in dialog
    assert "The customer owes ৳ 1,150.00." in dialog
    assert PlannedMove.objects.get().span.lower.isoformat() == "2026-01-10"
    again = client.post(staff("approve-pause", row.pk), {"note": ""})
    assert "no longer waiting" in text_of(again)


def test_who_decides_and_sees_no_queue_is_led_back_to_the_inbox(client, customer, service):
    row = ask(client, service)
    client.force_login(UserFactory(role=User.Role.NOC))

    dialog = text_of(client.get(staff("approve-pause", row.pk)))
    answer = client.post(staff("approve-pause", row.pk), {"note": ""})

    assert f'href="{staff("pauses")}"' not in dialog
    assert answer.headers["Location"] == reverse("staff:inbox")


def test_staff_refuse_with_a_word_the_customer_reads(client, customer, service):
    row = ask(client, service)
    client.force_login(UserFactory())

    short = client.post(staff("refuse-pause", row.pk), {"note": "no"})
    client.post(staff("refuse-pause", row.pk), {"note": "the contract has just begun"})
    client.force_login(customer)

    assert short.status_code == 422
    assert "the contract has just begun" in text_of(client.get(portal("pause", row.pk)))


def test_what_waits_is_in_the_work_strip_of_who_may_decide(service):
    PauseRequestFactory(subscription=service)

    def count(role):
        user = UserFactory(role=role, branch=service.customer.branch)
        items = work.today(user=user, on=clock.today(), at=NOW)
        return next((item.count for item in items if item.key == "pauses"), None)

    assert [count(role) for role in ("OWNER", "SUPPORT", "CASHIER")] == [1, 1, None]
    assert count("NOC") is None  # may decide, and has no queue to open: their inbox has it


def test_the_queue_asks_as_much_for_three_as_for_one(
    client, service, django_assert_max_num_queries
):
    client.force_login(UserFactory())
    for _ in range(3):
        PauseRequestFactory()

    with django_assert_max_num_queries(14):
        client.get(staff("pauses"))


def queue_of(client, **query):
    page = client.get(staff("pauses"), query)
    return [row.pk for row in page.context["rows"]], page.context["pager"], page


@pytest.mark.parametrize("view", ["waiting", "done"])
def test_the_queue_is_leafed_through_there_and_back_without_a_gap(client, view):
    client.force_login(UserFactory())
    days = (
        DateRange(date(2026, 3, 1), date(2026, 3, 11)),
        DateRange(date(2026, 3, 1), date(2026, 3, 5)),
    )
    decided = {"status": "WITHDRAWN", "decided_at": NOW} if view == "done" else {}
    for number in range(60):
        PauseRequestFactory(span=days[number % 2], **decided)

    first, pager, _page = queue_of(client, view=view)
    second, middle, _page = queue_of(client, view=view, after=pager["older"])
    third, last, _page = queue_of(client, view=view, after=middle["older"])
    back, _pager, _page = queue_of(client, view=view, before=last["newer"])
    home, top, _page = queue_of(client, view=view, before=middle["newer"])

    everything = list(pauses.listed(PauseRequest.objects.all(), view).values_list("pk", flat=True))
    assert first + second + third == everything
    assert (back, home) == (second, first)
    assert (pager["newer"], last["older"], top["newer"], pager["total"]) == ("", "", "", 60)
    assert len(queue_of(client, view=view, size="100")[0]) == 60


def test_a_page_whose_rows_are_gone_or_never_were_leads_to_the_first(client):
    user = UserFactory()
    client.force_login(user)
    one = PauseRequestFactory()
    elsewhere = PauseRequestFactory()

    after_the_last = queue_of(client, after=str(elsewhere.pk))[0]
    nonsense = [queue_of(client, after=word)[0] for word in ("x", "²", "9" * 25, "0")]

    assert after_the_last == [one.pk, elsewhere.pk]
    assert nonsense == [[one.pk, elsewhere.pk]] * 4


def test_a_branch_manager_leafs_through_the_own_branch_alone(client, service):
    own = PauseRequestFactory(subscription=service)
    foreign = PauseRequestFactory()
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=service.customer.branch))

    assert queue_of(client)[0] == [own.pk]
    assert queue_of(client, after=str(foreign.pk))[0] == [own.pk]
