"""The office's pages of jobs: who may, what they show, how many queries they take."""

from datetime import timedelta

import pytest
from django.urls import reverse

from customers.models import Customer
from fieldservice.models import FieldAction, WorkOrder
from fieldservice.services import links, orders, outbox
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.customers import SubscriptionFactory
from tests.factories.fieldservice import NINE, at_work, given, job, technician
from tests.fieldservice.services.test_outbox import sent

pytestmark = pytest.mark.django_db
LIST, BOARD = reverse("staff_fieldservice:index"), reverse("staff_fieldservice:board")


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NINE)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def of(order, name="detail"):
    return reverse(f"staff_fieldservice:{name}", args=[order.number])


def test_list_and_board_take_as_many_queries_for_three_jobs_as_for_one(
    client, owner, django_assert_max_num_queries
):
    who = technician(name="Rafiq")
    given(job(), who)
    for more in (0, 2):
        for _one in range(more):
            given(job(), who)
        with django_assert_max_num_queries(14):
            page = client.get(LIST).content.decode()
        assert page.count("data-row-link") == more + 1
        with django_assert_max_num_queries(14):
            board = client.get(BOARD, {"day": "2026-01-10"}).content.decode()
        assert board.count("board-card-head") == more + 1
    assert "overlaps with" in board


def test_a_week_takes_as_many_queries_for_three_jobs_as_for_one(
    client, owner, django_assert_max_num_queries
):
    who = technician(name="Rafiq")
    page = reverse("staff_fieldservice:week")
    order = given(job(), who)
    for more in (0, 2):
        for _one in range(more):
            given(job(), who)
        with django_assert_max_num_queries(14):
            shown = client.get(page, {"day": "2026-01-10"}).content.decode()
        assert shown.count("/admin/field-jobs/WO-") == more + 1
    assert of(order) in shown
    assert "?day=2026-01-10" in shown  # Saturday: its board
    assert of(order) not in client.get(page, {"day": "2026-01-12"}).content.decode()


def test_a_day_with_more_work_than_hours_is_marked(client, owner):
    who = technician()
    for _one in range(7):
        given(job(planned_minutes=90), who)

    page = client.get(reverse("staff_fieldservice:week"), {"day": "2026-01-10"}).content.decode()

    assert "630 minutes: more than the day has" in page


def test_a_job_is_made_from_the_customers_page_and_given_out(client, owner):
    service = SubscriptionFactory()
    who = technician()
    asked = {"kind": "REPAIR", "subscription": service.pk, "priority": 1, "with_fee": "on"}
    address = reverse("staff_fieldservice:add-for", args=[service.customer.number])
    assert client.get(address, {"kind": "REPAIR"}).status_code == 200
    answer = client.post(address, asked)
    order = WorkOrder.objects.get()
    assert answer.url == of(order)
    slot = {"version": 1, "technician": who.pk, "day": "2026-01-10"}
    client.post(of(order, "assign"), {**slot, "start": "09:00", "end": "12:00"})
    order.refresh_from_db()
    assert (order.state, order.technician, order.window_start) == ("ASSIGNED", who, NINE)
    refused = client.post(of(order, "assign"), {**slot, "start": "13:00", "end": "14:00"})
    assert refused.status_code == 422  # the version was another, and the customer knows a window
    dragged = client.get(of(order, "assign"), {"stage": ""})
    assert dragged.url == of(order, "unassign")


def test_a_new_job_asks_whose_it_is(client, owner):
    customer = SubscriptionFactory().customer
    page = reverse("staff_fieldservice:add")
    assert client.post(page, {"customer": "CT-0000-1"}).status_code == 422
    answer = client.post(page, {"customer": customer.number.lower()})
    assert answer.url == reverse("staff_fieldservice:add-for", args=[customer.number])


def test_a_branch_manager_sees_the_jobs_of_the_branch_only(client):
    ours, theirs = job(), job()
    user = UserFactory(role=User.Role.BRANCH_MANAGER, branch=ours.branch)
    client.force_login(user)
    assert client.get(of(ours)).status_code == 200
    assert client.get(of(theirs)).status_code == 404
    assert client.post(of(theirs, "cancel"), {"reason": "not mine to cancel"}).status_code == 404


def test_an_auditor_reads_and_a_cashier_does_not(client):
    order = job()
    client.force_login(UserFactory(role=User.Role.AUDITOR))
    assert client.get(of(order)).status_code == 200
    assert client.get(of(order, "cancel")).status_code == 403
    client.force_login(UserFactory(role=User.Role.CASHIER))
    assert client.get(LIST).status_code == 403


def test_what_waits_for_the_office_stands_in_the_inbox(client, owner):
    who = technician()
    late = given(job(), who, start=NINE - timedelta(days=1), end=NINE - timedelta(hours=20))
    page = client.get(reverse("staff:inbox")).content.decode()
    assert "Late: nobody has begun" in page
    back = reverse("staff:inbox-act", args=["job", late.pk, "again"])
    client.post(back, {"reason": "nobody could go that day"})
    late.refresh_from_db()
    assert late.state == "PENDING"


def test_two_versions_of_a_job_are_shown_and_one_is_chosen(client, owner):
    who = technician()
    order = given(job(), who)
    at_work(order, who)
    WorkOrder.objects.filter(pk=order.pk).update(technician=technician(name="Jamal"))
    act = sent("fail", {"failure": "UNSAFE", "text": "the pole leans over"})
    row = outbox.receive(order=order, sent=act, act=Act(who, NINE))
    assert "differs from the office" in client.get(of(order)).content.decode()
    decide = reverse("staff_fieldservice:decide-conflict", args=[row.pk, "take"])
    asked = client.get(decide).content.decode()
    assert "Jamal" in asked
    assert "the pole leans over" in asked
    client.post(decide, {"reason": "he was there and saw it"})
    row.refresh_from_db()
    assert row.outcome == FieldAction.Outcome.TAKEN
    client.force_login(UserFactory(role=User.Role.SUPPORT))
    assert client.get(decide).status_code == 403


def test_figures_count_what_is_old_enough(client, owner):
    assert client.get(reverse("staff_fieldservice:reports")).status_code == 200


def test_the_public_page_shows_the_window_and_nothing_of_money_or_place(client):
    order = given(job(), technician(name="Rafiq Uddin"))
    page = reverse("public_fieldservice:job", args=[links.word(order.link_seed)])
    text = client.get(page).content.decode()
    assert "Rafiq" in text
    assert "Uddin" not in text
    assert order.address not in text
    assert order.customer.phone not in text
    assert client.get(reverse("public_fieldservice:job", args=["0" * 32])).status_code == 404


def test_an_old_link_asks_for_the_last_digits_and_closes_after_five_wrong_ones(client):
    order = job()
    orders.cancel(
        order=order,
        act=Act(UserFactory(), NINE - timedelta(days=15), reason="the customer moved away"),
    )
    Customer.objects.filter(pk=order.customer_id).update(phone="+8801711004321")
    page = reverse("public_fieldservice:job", args=[links.word(order.link_seed)])
    assert "Last 4 digits" in client.get(page).content.decode()
    assert "WO-2026" in client.post(page, {"digits": "4321"}).content.decode()
    for _wrong in range(5):
        assert client.post(page, {"digits": "0000"}).status_code == 422
    assert "in an hour" in client.post(page, {"digits": "4321"}).content.decode()
    WorkOrder.objects.update(ended_at=NINE - timedelta(days=31))
    assert client.get(page).status_code == 404
