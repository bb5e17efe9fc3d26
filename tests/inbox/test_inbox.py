"""The inbox: acts have the effect of the old pages, later comes back, what is gone says so."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from billing.allocation.models import Payment
from billing.approvals.services import approvals
from billing.invoices.models import CreditNote
from customers.models import Referral
from customers.services import lifecycle
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.inbox.queries import items, sources
from ispbill.inbox.services import deciding
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.inbox import scenes
from tests.inbox.scenes import SCENES, WHY

pytestmark = pytest.mark.django_db(transaction=True)

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _tenth_of_january(at):
    clock.set_simulated(at)


@pytest.fixture
def owner(client):
    user = UserFactory(name="Rezaul Karim")
    client.force_login(user)
    return user


def address(kind, row, verb=""):
    if verb in ("later", "now"):
        return reverse(f"staff:inbox-{verb}", args=[kind, row.pk])
    if verb:
        return reverse("staff:inbox-act", args=[kind, row.pk, verb])
    return reverse("staff:inbox-item", args=[kind, row.pk])


# kind, verb, what is sent, the state of the row afterwards
ACTS = [
    ("approval", "approve", {}, ("status", "APPROVED")),
    ("approval", "reject", {"reason": WHY}, ("status", "REJECTED")),
    ("package-change", "reject", {"note": WHY}, ("status", "REJECTED")),
    ("pause", "approve", {}, ("status", "APPROVED")),
    ("pause", "reject", {"note": WHY}, ("status", "REFUSED")),
    ("test-run", "withdraw", {}, ("status", "WITHDRAWN")),
    ("unmatched", "accept", {"choice": "rank:1"}, ("state", "MATCHED")),
    ("unmatched", "pay-back", {"reason": WHY}, ("state", "RETURNED")),
    ("unmatched", "set-aside", {"kind": "ELSEWHERE", "reason": WHY}, ("state", "IGNORED")),
    ("chargeback", "bear", {"reason": WHY}, ("became", "BORNE")),
    ("chargeback", "take", {"reason": WHY}, ("became", "SHORTENED")),
    ("held-payment", "accept", {"reason": WHY}, ("state", "SETTLED")),
    ("held-payment", "refuse", {"reason": WHY}, ("state", "REFUSED")),
    ("owed-back", "credit", {"reason": WHY}, ("state", "SETTLED")),
    ("debit-line", "aside", {"reason": WHY}, ("outcome", "NOTED")),
    ("cash-count", "sign", {"seen": "98.00"}, ("state", "CLOSED")),
    ("hand-over", "accept", {"counted": "10"}, ("state", "ACCEPTED")),
    ("hand-over", "refuse", {"reason": WHY}, ("state", "REFUSED")),
    ("referral", "refuse", {"reason": WHY}, ("status", "REFUSED")),
    ("job-swap", "refuse", {"reason": WHY}, ("state", "REFUSED")),
    ("field-flag", "done", {"reason": WHY}, ("decision", WHY)),
    ("payout", "approve", {}, ("status", "PAID")),
    ("payout", "withdraw", {}, ("status", "WITHDRAWN")),
]


@pytest.mark.parametrize(("kind", "verb", "sent", "left"), ACTS)
def test_an_act_does_what_the_old_page_does_and_the_item_is_gone(
    kind, verb, sent, left, at, owner, client
):
    row = SCENES[kind][0](at, owner)

    response = client.post(address(kind, row, verb), sent, headers=HTMX)

    row.refresh_from_db()
    assert (response.status_code, response["HX-Retarget"]) == (200, "#inbox")
    assert getattr(row, left[0]) == left[1]
    assert items.find(sources.find(kind), owner, row.pk, at=clock.now()) is None


@pytest.mark.parametrize(
    ("kind", "verb"), [(kind, verb) for kind, verb, sent, _left in ACTS if "reason" in sent]
)
def test_a_refusal_asks_a_reason(kind, verb, at, owner, client):
    row = SCENES[kind][0](at, owner)

    response = client.post(address(kind, row, verb), {"reason": "no"}, headers=HTMX)

    assert response.status_code == 422
    assert items.find(sources.find(kind), owner, row.pk, at=clock.now()) is not None


def test_a_package_change_is_approved_as_it_was_shown(at, owner, client):
    row = scenes.package_change(at, owner)
    panel = client.get(address("package-change", row)).context["panel"]

    client.post(address("package-change", row, "approve"), panel["detail"].seen, headers=HTMX)

    row.refresh_from_db()
    assert row.status == "APPLIED"


def test_money_is_booked_to_the_customer_who_was_looked_up(at, owner, client):
    line, other = scenes.unmatched(at, owner), CustomerFactory(name="Somebody Else")
    found = client.get(address("unmatched", line), {"q": other.number}, headers=HTMX)
    assert [hit.value for hit in found.context["hits"]] == [other.number]

    client.post(address("unmatched", line, "accept"), {"choice": other.number}, headers=HTMX)

    assert Payment.objects.get().customer == other


def test_money_booked_by_mistake_leads_to_its_reversal(at, owner, client):
    line = scenes.unmatched(at, owner)

    response = client.post(address("unmatched", line, "accept"), {"choice": "rank:1"}, headers=HTMX)

    part = line.parts.get()
    undo = reverse("staff_payments:undo-line", args=[line.pk, part.pk])
    assert response.context["done"].undo_url == undo


def test_after_an_act_the_item_below_stands_there(at, owner, client):
    first, second, third = (scenes.pause(at, owner) for _ in range(3))

    sent = {"next": f"pause/{third.pk}"}
    response = client.post(address("pause", second, "approve"), sent, headers=HTMX)

    assert response.context["panel"]["name"] == f"pause/{third.pk}"
    assert response["HX-Push-Url"] == address("pause", third)
    assert first.pk in [int(row["name"].split("/")[1]) for row in response.context["rows"]]


def test_money_that_leaves_asks_for_a_fresh_proof(at, owner, client, settings):
    settings.STEP_UP_SECONDS = -1
    row = scenes.payout(at, owner)

    response = client.post(address("payout", row, "approve"), headers=HTMX)

    row.refresh_from_db()
    assert (response.headers.get("X-Step-Up") is not None, row.status) == (True, "WAITING")


def test_later_is_for_oneself_and_comes_back(at, owner, client):
    row, colleague = scenes.pause(at, owner), UserFactory()

    client.post(address("pause", row, "later"), {"when": "hours"}, headers=HTMX)

    assert (items.count(owner, at=clock.now()), items.count(colleague, at=clock.now())) == (0, 1)
    later = client.get(reverse("staff:inbox"), {"show": "later"}).context["rows"]
    assert [one["name"] for one in later] == [f"pause/{row.pk}"]
    clock.set_simulated(at + timedelta(hours=2, minutes=1))
    assert items.count(owner, at=clock.now()) == 1


def test_later_is_undone_at_once(at, owner, client):
    row = scenes.pause(at, owner)
    client.post(address("pause", row, "later"), {"when": "tomorrow"}, headers=HTMX)

    client.post(address("pause", row, "now"), headers=HTMX)

    assert items.count(owner, at=clock.now()) == 1


def test_what_somebody_else_has_decided_says_who_and_does_nothing_twice(at, owner, client):
    row, colleague = scenes.approval(at, owner), UserFactory(name="Sadia Noor")
    approvals.approve(approval=row, act=Act(colleague, at))

    shown = client.get(address("approval", row), headers=HTMX)
    acted = client.post(address("approval", row, "approve"), headers=HTMX)

    assert shown.context["gone"] == "Approved by Sadia Noor."
    assert acted.context["done"].text == "Approved by Sadia Noor."
    assert CreditNote.objects.count() == 1


def test_what_changed_while_it_was_looked_at_stays_with_the_reason(at, owner, client):
    row = scenes.cash_count(at, owner)

    response = client.post(address("cash-count", row, "sign"), {"seen": "97.00"}, headers=HTMX)

    row.refresh_from_db()
    assert (response.status_code, response["HX-Retarget"]) == (422, "#inbox-item")
    assert (response.context["error"] != "", row.state) == (True, "COUNTED")


def test_without_a_script_an_act_leads_to_the_next_item(at, owner, client):
    first, second = scenes.pause(at, owner), scenes.pause(at, owner)

    response = client.post(address("pause", first, "approve"))

    assert (response.status_code, response["Location"]) == (302, address("pause", second))


def test_nobody_decides_what_they_asked_for(at, client):
    row = scenes.approval(at, None)
    client.force_login(row.requested_by)

    assert items.count(row.requested_by, at=clock.now()) == 0
    assert client.post(address("approval", row, "approve"), headers=HTMX).status_code == 200
    row.refresh_from_db()
    assert row.status == "PENDING"


def test_who_decides_nothing_is_refused(at, client):
    row = scenes.pause(at, None)
    client.force_login(UserFactory(role=User.Role.AUDITOR))

    assert client.get(reverse("staff:inbox")).status_code == 403
    assert client.get(address("pause", row)).status_code == 403
    assert client.post(address("pause", row, "approve")).status_code == 403
    row.refresh_from_db()
    assert row.status == "REQUESTED"


def test_what_never_was_is_not_found(owner, client):
    assert client.get("/admin/inbox/pause/999999/").status_code == 404
    assert client.get("/admin/inbox/nothing/1/").status_code == 404


def test_a_source_that_fails_says_so_and_the_others_stay(at, owner, client, monkeypatch):
    scenes.pause(at, owner)
    scenes.referral(at, owner)

    def waiting(_user, _at):
        return Referral.objects.extra(where=["1 / 0 = 1"])

    broken = replace(sources.find("referral"), waiting=waiting)
    monkeypatch.setitem(sources._sources, "referral", broken)

    context = client.get(reverse("staff:inbox")).context

    assert [row["name"].split("/")[0] for row in context["rows"]] == ["pause"]
    assert [one.kind for one in context["failed"]] == ["referral"]
    assert items.count(owner, at=clock.now()) == 1


def test_nothing_waits(owner, client):
    assert "Nothing waits for you." in client.get(reverse("staff:inbox")).content.decode()


def test_whose_line_is_off_comes_before_who_has_waited_longer(at, owner):
    patient = scenes.unmatched(at, owner)
    service = SubscriptionFactory()
    lifecycle.suspend(
        subscription=service,
        kind="NON_PAYMENT",
        on=at.date(),
        is_billed=False,
        decision={},
        act=Act(None, at, reason="unpaid for two months"),
    )
    urgent = scenes.unmatched(at, owner, service.customer)

    found = items.load(owner, at=at).items
    oldest = items.load(owner, at=at, is_oldest_first=True).items

    assert [one.key for one in found] == [urgent.pk, patient.pk]
    assert "line is off" in found[0].line.why
    assert [one.key for one in oldest] == [patient.pk, urgent.pk]


def test_an_act_is_in_the_trail_as_always(at, owner, client):
    row = scenes.held_payment(at, owner)

    client.post(address("held-payment", row, "refuse"), {"reason": WHY}, headers=HTMX)

    event = AuditEvent.objects.get(action="attempt.refused")
    assert (event.actor_name, event.reason) == ("Rezaul Karim", WHY)


def opened(client, row):
    return client.get(reverse("staff:inbox-open", args=["pause", row.pk])).content.decode()


def test_whoever_comes_second_is_told_who_is_deciding_and_the_first_is_not_troubled(at, owner):
    cache.clear()
    row, other = scenes.pause(at, owner), scenes.pause(at, owner)
    first, second = Client(), Client()
    first.force_login(UserFactory(name="Nadia Islam"))
    second.force_login(owner)

    assert "Only you have it open" in opened(first, row)
    assert "Nadia Islam is deciding" in opened(second, row)
    assert "Only you have it open" in opened(first, row)

    assert "Only you have it open" in opened(first, other)  # she went on
    assert "Only you have it open" in opened(second, row)


def test_somebody_who_went_away_is_deciding_no_longer(at, owner, monkeypatch):
    cache.clear()
    row, nadia = scenes.pause(at, owner), UserFactory(name="Nadia Islam")
    deciding.look(kind="pause", item_id=row.pk, user=nadia)
    later = time.time() + deciding.SECONDS + 1
    monkeypatch.setattr(deciding.time, "time", lambda: later)

    assert deciding.look(kind="pause", item_id=row.pk, user=owner) == ""


def test_without_the_cache_nobody_else_is_there(at, owner, monkeypatch):
    def gone(*_given, **_more):
        raise OSError

    monkeypatch.setattr(deciding.cache, "get", gone)

    assert deciding.look(kind="pause", item_id=1, user=owner) == ""


def test_who_decides_about_what_one_may_not_see_is_not_said(client, at, owner):
    row = scenes.pause(at, owner)
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory()))

    assert client.get(reverse("staff:inbox-open", args=["pause", row.pk])).status_code == 404
