"""The dashboard, the settings and the clock."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.portals.forms.setting_groups import PROVEN
from ispbill.portals.views import home_money, staff
from ispbill.reports.queries import month, revenue, work
from ispbill.reports.services.figures import build
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.network import RouterFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)


@pytest.fixture(autouse=True)
def _tenth_of_january(at):
    clock.set_simulated(at)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def tile(client, name, **headers):
    return client.get(reverse("staff:tile", args=[name]), headers=headers)


def suspend(subscription, since):
    from customers.services import lifecycle

    lifecycle.suspend(
        subscription=subscription,
        kind="NON_PAYMENT",
        on=since,
        is_billed=False,
        decision={},
        act=Act(
            None,
            datetime(since.year, since.month, since.day, tzinfo=UTC),
            reason="unpaid for two months",
        ),
    )


def test_the_dashboard_loads_its_parts_one_by_one(client, owner):
    text = client.get("/admin/").content.decode()

    names = ["sentence", *staff.HOMES[User.Role.OWNER].tiles]
    assert [text.count(f'hx-get="/admin/tiles/{name}/"') for name in names] == [1] * len(names)
    assert "Set up your company" in text


@pytest.mark.parametrize("name", [found.name for found in staff.TILES])
def test_each_part_is_a_fragment_for_htmx_and_a_page_without(client, owner, name):
    open_invoice(SubscriptionFactory().customer)

    part = tile(client, name, **{"HX-Request": "true"})
    page = tile(client, name)

    assert (part.status_code, page.status_code) == (200, 200)
    assert "<html" not in part.content.decode()
    assert "<html" in page.content.decode()


@pytest.mark.parametrize("name", [found.name for found in staff.TILES])
def test_a_part_costs_the_same_with_more_rows_and_at_most_twelve_queries(client, owner, name, at):
    def add():
        customer = SubscriptionFactory().customer
        open_invoice(customer, due=ON)
        paid(customer, "100.00", at=at)

    def count(*, is_cold):
        if is_cold:
            cache.clear()  # what was reckoned for other rows is not asked again
        with CaptureQueriesContext(connection) as queries:
            tile(client, name, **{"HX-Request": "true"})
        # The company and the clock are read anew every few seconds, whatever is shown.
        return len([one for one in queries if '"core_' not in one["sql"]])

    add()
    count(is_cold=True)
    with_one = count(is_cold=True)
    again = count(is_cold=False)
    add()
    add()

    assert count(is_cold=True) == with_one
    assert again <= (16 if name == "work" else 12)  # the strip asks each app for its own


def test_a_broken_part_says_so_in_its_place_and_offers_to_try_again(client, owner, monkeypatch):
    def broken(**_):
        raise DatabaseError

    monkeypatch.setattr(home_money.owed, "owed", broken)

    answer = tile(client, "ageing", **{"HX-Request": "true"})

    assert answer.status_code == 200
    assert "This could not be loaded." in answer.content.decode()
    assert "Try again" in answer.content.decode()


def test_a_cashier_is_sent_to_the_desk_and_sees_no_revenue(client):
    client.force_login(UserFactory(role=User.Role.CASHIER))

    answer = client.get("/admin/")

    assert (answer.status_code, answer.url) == (302, reverse("staff_payments:cash-desk"))
    assert tile(client, "cash").status_code == 403


@pytest.mark.parametrize("role", [role for role in staff.HOMES if role != User.Role.BRANCH_MANAGER])
def test_a_first_page_has_only_parts_its_role_may_see(client, role):
    client.force_login(UserFactory(role=role))

    shown = [found.name for found in client.get("/admin/").context["tiles"]]

    assert shown == list(staff.HOMES[role].tiles)
    assert {tile(client, name).status_code for name in ("sentence", *shown)} == {200}


def test_a_branch_manager_sees_the_branchs_figures_only(client):
    branch = BranchFactory()
    mine = SubscriptionFactory(customer=CustomerFactory(area=AreaFactory(branch=branch)))
    open_invoice(mine.customer, amount="1000.00", due=date(2026, 1, 7))
    open_invoice(SubscriptionFactory().customer, amount="700.00", due=date(2026, 1, 7))
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=branch))

    assert tile(client, "ageing").context["value"] == Decimal("1000.00")


def told(client):
    return tile(client, "sentence").context["sentence"].text


def test_the_sentence_tells_the_worst_first(client, owner):
    assert told(client) == "All is paid and up"

    RouterFactory(name="Uttara-4", status="OFFLINE")
    assert told(client).startswith("Uttara-4 does not answer")

    open_invoice(SubscriptionFactory().customer, amount="1000.00", due=date(2026, 1, 7))
    assert told(client) == "৳\u202f1,000 is late, 1 customer is cut off tomorrow"


def test_recurring_revenue_is_of_services_in_use_by_the_month(at):
    SubscriptionFactory(price_amount="1000.00")
    SubscriptionFactory(price_amount="3000.00", cycle="QUARTERLY")
    SubscriptionFactory(price_amount="12000.00", cycle="ANNUAL")
    SubscriptionFactory(status="CANCELLED", cancelled_on=date(2026, 1, 2))
    SubscriptionFactory(status="PENDING", activated_on=None)
    suspend(SubscriptionFactory(), since=date(2026, 1, 9))

    build(until=date(2026, 1, 8), at=at)  # yesterday is reckoned live as today is
    now = revenue.recurring(on=ON)
    months = revenue.by_month(on=ON)

    assert (now.amount, now.customers, now.per_customer) == (Decimal("3000.00"), 3, 1000)
    assert len(months) == 12
    assert months[-3:] == [
        (date(2025, 11, 1), None),  # before the first day there is anything of
        (date(2025, 12, 1), Decimal("5000.00")),  # before one went and one was cut off
        (date(2026, 1, 1), Decimal("3000.00")),
    ]


@pytest.mark.parametrize("built", [None, date(2026, 1, 3), date(2026, 1, 9)])
def test_the_month_counts_what_was_billed_collected_won_and_lost(at, built):
    customer = SubscriptionFactory(activated_on=date(2026, 1, 3)).customer
    SubscriptionFactory(status="CANCELLED", cancelled_on=date(2026, 1, 4))
    open_invoice(customer, amount="1000.00")
    paid(customer, "250.00", at=at)
    if built:
        build(until=built, at=at)

    collection, headcount = month.collection(on=ON), month.headcount(on=ON)

    assert (collection.billed, collection.collected) == (1000, 250)
    of_due = collection.of_due
    assert (of_due.due, of_due.paid, of_due.percent) == (1000, 250, Decimal("25.0"))
    assert (headcount.won, headcount.lost, headcount.net) == (1, 1, 0)


def test_the_work_strip_counts_todays_bills_and_tonights_suspensions(at):
    user = UserFactory()
    open_invoice(SubscriptionFactory().customer, due=ON)
    open_invoice(SubscriptionFactory().customer, due=date(2026, 1, 7))  # grace ends today

    counts = {item.key: item.count for item in work.today(user=user, on=ON, at=at)}

    assert (counts["due-today"], counts["cut-next"]) == (1, 1)


def posted(**changed):
    company = Company.objects.get(pk=1)
    values = {
        "name": company.name,
        "brand_colour": "#0B5FBF",
        "currency": "BDT",
        "number_style": "BDT",
        "time_zone": "Asia/Dhaka",
        "phone_region": "BD",
        "default_language": "en",
        "tax_name": "VAT",
        "tax_percent": "15",
        "invoice_lead_days": "7",
        "proration": "ANCHOR",
        "first_bill": "ON_ACTIVATION",
        "reminder_days": "-3, -1, 0",
        "grace_days": "3",
        "suspend_from_hour": "0",
        "suspend_until_hour": "24",
        "minimum_suspend_amount": "0",
        "reactivation": "NOTHING_OVERDUE",
        "undo_seconds": "60",
        "price_notice_days": "30",
        "prepaid_start": "ROLLING",
        "prepaid_grace_hours": "0",
        "prepaid_gift_days": "3",
        "quote_valid_hours": "72",
        "early_termination": "NONE",
        "early_termination_amount": "0",
        "credits_on_termination": "on",
        "off_customer_request": "CREDITED",
        "off_technical": "CREDITED",
        "off_fraud": "BILLED",
        "off_policy": "BILLED",
        "off_other": "FREE",
        "referrer_reward_amount": "200",
        "friend_reward_amount": "0",
        "referral_minimum_amount": "0",
        "referral_valid_days": "90",
        "referral_yearly_cap": "20",
        "legacy_match_percent": "95",
        "field_pin": "COLLECTORS",
        "rest_weekdays": ["5", "6"],
        "reason": "agreed in the yearly meeting",
    }
    return {**values, **changed}


def test_settings_are_changed_with_a_reason_and_leave_before_and_after(client, owner):
    client.get("/admin/settings/")

    answer = client.post("/admin/settings/", posted(grace_days="5", tax_percent="7.5"))

    company = Company.objects.get(pk=1)
    event = AuditEvent.objects.get(action="company.changed")
    assert answer.status_code == 302
    assert (company.grace_days, company.tax_rate) == (5, Decimal("0.07500"))
    assert Company.current().grace_days == 5
    assert event.before["grace_days"] == 3
    assert event.after["grace_days"] == 5
    assert event.reason == "agreed in the yearly meeting"
    assert "name" not in event.after


def test_days_of_rest_are_chosen_and_a_week_without_work_is_refused(client, owner):
    client.get("/admin/settings/")

    refused = client.post("/admin/settings/", posted(rest_weekdays=["3", "4", "5", "6"]))
    taken = client.post("/admin/settings/", posted(rest_weekdays=["5", "4"]))

    assert refused.status_code == 422
    assert "At most three days" in refused.content.decode()
    assert taken.status_code == 302
    assert Company.objects.get(pk=1).rest_weekdays == [4, 5]
    assert "Friday, Saturday" in client.get("/admin/billing/holidays/").content.decode()


def test_the_money_rule_of_days_off_is_chosen_by_kind(client, owner):
    client.get("/admin/settings/")

    client.post("/admin/settings/", posted(off_technical="FREE", early_termination="REMAINING"))

    company = Company.objects.get(pk=1)
    assert company.suspension_rules["TECHNICAL"] == {"is_billed": False, "is_credited": False}
    assert company.suspension_rules["FRAUD"] == {"is_billed": True, "is_credited": False}
    assert company.early_termination == "REMAINING"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bank_details", "Another bank, 0123456789"),
        ("refund_limit_amount", "999999.00"),
        ("payout_limit_amount", ""),
    ],
)
def test_where_money_goes_and_who_must_agree_is_changed_with_a_fresh_proof(
    client, owner, field, value
):
    client.get("/admin/settings/")
    session = client.session
    session["proven_at"] = 0
    session.save()

    asked = client.post("/admin/settings/", posted(**{field: value}))

    assert (asked.status_code, asked.headers["X-Step-Up"]) == (403, "asked")
    assert not AuditEvent.objects.filter(action="company.changed").exists()
    same = {name: str(getattr(Company.current(), name) or "") for name in PROVEN}
    assert client.post("/admin/settings/", posted(**same, grace_days="5")).status_code == 302
    proof = {"step_up": "write", "step_up_password": "Test-12345!"}
    assert client.post("/admin/settings/", posted(**{field: value}, **proof)).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", "short"),
        ("brand_colour", "#FFE08A"),
        ("currency", "USD"),
        ("suspend_until_hour", "0"),
        ("reminder_days", "three"),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_settings_refuse_what_cannot_be(client, owner, field, value):
    client.get("/admin/settings/")

    answer = client.post("/admin/settings/", posted(grace_days="9", **{field: value}))

    assert answer.status_code == 422
    assert Company.objects.get(pk=1).grace_days == 3


def test_a_topic_says_who_changed_it_last(client, owner):
    client.get("/admin/settings/")
    client.post("/admin/settings/", posted(reason="As the contract says"))
    client.post("/admin/settings/", posted(grace_days="9", reason="More time in Ramadan"))

    shown = client.get("/admin/settings/").content.decode()

    assert shown.count("More time in Ramadan") == 1
    topic = shown.partition('id="group-dunning"')[2].partition("</section>")[0]
    assert "Last changed" in topic
    assert "More time in Ramadan" in topic


def test_an_auditor_reads_the_settings_and_cannot_change_them(client):
    client.force_login(UserFactory(role=User.Role.AUDITOR))

    page = client.get("/admin/settings/")

    assert page.status_code == 200
    assert 'type="submit">Save' not in page.content.decode()
    assert client.post("/admin/settings/", posted()).status_code == 403


def test_the_example_follows_what_is_typed(client, owner):
    client.get("/admin/settings/")

    text = client.get(
        reverse("staff:settings-example"), posted(proration="FIXED30", grace_days="10")
    ).content.decode()

    assert "833.33" in text  # 25 of 30 days × 1,000
    assert "16 Feb 2026" in text


def test_the_clock_steps_is_set_and_goes_back_to_real_time(client):
    address = reverse("sim:clock")

    client.post(address, {"step": "1m"})
    after_a_month = clock.today()
    client.post(address, {"day": "2026-03-31", "time": "09:30"})
    client.post(address, {"step": "1m"})
    last_of_april = clock.now().astimezone(clock.zone())
    client.post(address, {"step": "real"})

    assert after_a_month == date(2026, 2, 10)
    assert (last_of_april.date(), last_of_april.hour) == (date(2026, 4, 30), 9)
    assert abs((clock.now() - clock.real_now()).total_seconds()) < 5


def test_the_clock_is_not_there_without_simulators(client, settings):
    settings.SIMULATORS = False

    assert client.get(reverse("sim:clock")).status_code == 404


def test_the_demos_logins_are_offered_only_with_simulators_and_only_those_there(client, settings):
    UserFactory(login="owner@demo.test")

    with_them = client.get("/login").content.decode()
    settings.SIMULATORS = False
    without = client.get("/login").content.decode()

    assert 'value="owner@demo.test"' in with_them
    assert 'value="billing@demo.test"' not in with_them
    assert "owner@demo.test" not in without
