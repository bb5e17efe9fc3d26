"""The page of one customer."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import AccountState, CustomerNote, OttApp
from customers.services import notes
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


def url(customer, rest=""):
    return f"/admin/customers/{customer.number}/{rest}"


def event(customer, action, at, **more):
    return AuditEvent.objects.create(
        at=at,
        actor_name="Nadia",
        action=action,
        target_type="customer",
        target_id=str(customer.pk),
        target_label=customer.number,
        customer_id=customer.pk,
        **more,
    )


@pytest.mark.parametrize("role", [role for role in User.Role.values])
def test_staff_open_a_customer_and_nobody_else(client, sign_in, role):
    user = sign_in(role)
    area = AreaFactory(branch=user.branch) if user.branch else AreaFactory()
    customer = CustomerFactory(area=area)

    outside = {User.Role.CUSTOMER, User.Role.RESELLER, User.Role.TECHNICIAN, User.Role.COLLECTOR}
    assert client.get(url(customer)).status_code == (302 if role in outside else 200)


def test_somebody_elses_customer_is_not_found(client, sign_in):
    sign_in(User.Role.BRANCH_MANAGER)
    customer = CustomerFactory()

    for rest in ("", "edit/", "menu/", "timeline/", "archive/", "services/add/"):
        assert client.get(url(customer, rest)).status_code == 404


def test_an_account_number_is_found_in_any_case(client, owner):
    customer = CustomerFactory(number="CT-2026-00012")

    assert client.get("/admin/customers/ct-2026-00012/").status_code == 200
    assert customer.number in client.get("/admin/customers/ct-2026-00012/").content.decode()


def test_the_head_answers_the_call(client, owner):
    customer = CustomerFactory(name="Amina Begum", phone="+8801711000001")
    SubscriptionFactory(customer=customer, package__name="Home 30")
    AccountState.objects.filter(customer=customer).update(
        balance_amount=Decimal("1725.00"), is_online=True
    )

    page = client.get(url(customer)).content.decode()

    assert "Amina Begum" in page
    assert 'href="tel:+8801711000001"' in page
    assert "Owes" in page
    assert "Online now" in page
    assert "Home 30" in page


def test_a_tab_alone_for_htmx_and_the_whole_page_without(client, owner, htmx):
    service = SubscriptionFactory(connection_id="rahim30")
    address = url(service.customer, "?tab=services")

    whole, part = client.get(address), client.get(address, headers=htmx("tab-body"))

    assert "<html" in whole.content.decode()
    assert "rahim30" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "rahim30" in part.content.decode()


def test_a_tab_that_does_not_exist_is_the_overview(client, owner):
    assert client.get(url(CustomerFactory(), "?tab=secrets")).context["tab"] == "overview"


def test_the_timeline_tells_events_and_notes_newest_first(client, owner, at):
    customer = CustomerFactory()
    event(customer, "customer.registered", at)
    notes.add(customer=customer, text="Called, no answer", author=owner, at=at + timedelta(hours=1))
    event(customer, "subscription.suspended", at + timedelta(hours=2), reason="Not paid for a week")

    entries = client.get(url(customer)).context["entries"]

    assert [(item.plain, item.detail or item.note) for item in entries] == [
        (f"Line {customer.number} switched off by Nadia.", "“Not paid for a week”"),
        ("Olive Owner noted:", "Called, no answer"),
        ("Account opened by Nadia.", ""),
    ]


def test_the_timeline_of_another_customer_stays_there(client, owner, at):
    event(CustomerFactory(), "customer.registered", at)

    assert client.get(url(CustomerFactory())).context["entries"] == []


def test_the_timeline_is_filtered_and_goes_on(client, owner, at, htmx):
    customer = CustomerFactory()
    for index in range(35):
        phone = {"after": {"phone": f"{index}"}}
        event(customer, "customer.edited", at + timedelta(minutes=index), **phone)
    notes.add(customer=customer, text="First note", author=owner, at=at)

    first = client.get(url(customer, "timeline/"), headers=htmx("timeline"))
    older = first.context["older"]
    second = client.get(url(customer, f"timeline/?before={older}"), headers=htmx(""))
    only_notes = client.get(url(customer, "timeline/?kind=notes"), headers=htmx("timeline"))

    assert (len(first.context["entries"]), len(second.context["entries"])) == (30, 6)
    assert [item.note for item in only_notes.context["entries"]] == ["First note"]


def test_a_note_is_added_with_and_without_htmx(client, owner, htmx):
    customer = CustomerFactory()

    part = client.post(url(customer, "notes/"), {"text": "Pole 7"}, headers=htmx("timeline"))
    plain = client.post(url(customer, "notes/"), {"text": "Pole 8"})

    assert "Pole 7" in part.content.decode()
    assert plain.status_code == 302
    assert list(CustomerNote.objects.order_by("pk").values_list("text", "author__name")) == [
        ("Pole 7", "Olive Owner"),
        ("Pole 8", "Olive Owner"),
    ]


def test_an_empty_note_is_refused_where_it_was_written(client, owner, htmx):
    customer = CustomerFactory()

    part = client.post(url(customer, "notes/"), {"text": "  "}, headers=htmx("timeline"))
    plain = client.post(url(customer, "notes/"), {"text": ""})

    assert (part.status_code, plain.status_code) == (422, 422)
    assert CustomerNote.objects.count() == 0


def test_a_note_is_pinned_on_top_and_let_go(client, owner, at, htmx):
    customer = CustomerFactory()
    note = notes.add(customer=customer, text="Pays by cheque", author=owner, at=at)

    client.post(url(customer, f"notes/{note.pk}/pin/"))
    assert client.get(url(customer)).context["pinned"][0].note == "Pays by cheque"
    client.post(url(customer, f"notes/{note.pk}/pin/"), headers=htmx("timeline"))
    assert client.get(url(customer)).context["pinned"] == []


def test_more_services_events_and_notes_cost_no_more_queries(client, owner, at):
    customer = CustomerFactory(is_duplicate_suspect=True)
    counts = []
    for total in (1, 3):
        while customer.subscriptions.count() < total:
            service = SubscriptionFactory(customer=customer, line_no=customer.subscriptions.count())
            service.package.ott_apps.add(OttApp.objects.create(name=f"App {service.pk}"))
            event(customer, "customer.edited", at)
            notes.add(customer=customer, text="Note", author=owner, at=at, is_pinned=True)
        client.get(url(customer))
        with CaptureQueriesContext(connection) as queries:
            client.get(url(customer))
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[1] <= 12


def test_the_auditor_reads_notes_and_writes_none(client, owner, sign_in, at):
    customer = CustomerFactory()
    notes.add(customer=customer, text="Pole 7", author=owner, at=at)
    sign_in(User.Role.AUDITOR)

    page = client.get(url(customer)).content.decode()

    assert ("Pole 7" in page, "Save note" in page) == (True, False)
    assert client.post(url(customer, "notes/"), {"text": "x"}).status_code == 403
