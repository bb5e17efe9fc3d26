"""The pages of dunning: the queue with every value, exclusions, policies, holidays, the trial."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.dunning.models import DunningEvent, DunningHold, DunningPolicy, Holiday
from billing.dunning.queries import policies
from billing.dunning.services import dunning, late_fees
from customers.models import AccountState
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.dunning import DunningPolicyFactory, HolidayFactory, ladder
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db(transaction=True)

R = User.Role
READERS = {R.OWNER, R.BILLING, R.BRANCH_MANAGER, R.CASHIER, R.SUPPORT, R.AUDITOR, R.SALES}
WHY = {"reason_code": "OTHER", "reason": "told so on the phone"}
ON = date(2026, 1, 10)


@pytest.fixture(autouse=True)
def _ten_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 10, 4, 0, tzinfo=UTC))


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def a_debtor(amount="1150.00", due=date(2026, 1, 5), **values):
    subscription = SubscriptionFactory(customer=CustomerFactory(**values))
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


POLICY = {
    "name": "Offices", "customer_kind": "BUSINESS", "branch": "", "grace_days": "7",
    "minimum_amount": "", "suspends": "on", "cutoff_weekdays": ["0", "1", "2"],
    "observes_holidays": "on", "promise_days": "14", "promises_a_year": "3", "fee_kind": "PERCENT",
    "fee_value": "2.5", "fee_offset": "5", "fee_tax_class": "", "cancel_offset": "40",
    "reason": "agreed with the office customers", "steps-TOTAL_FORMS": "2",
    "steps-INITIAL_FORMS": "0", "steps-0-action": "REMIND", "steps-0-offset_days": "-2",
    "steps-0-channels": ["EMAIL"], "steps-1-action": "NOTICE", "steps-1-offset_days": "3",
}  # fmt: skip


# --- who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("dunning-policies", {R.OWNER, R.BILLING, R.AUDITOR}),
        ("holidays", {R.OWNER, R.BILLING, R.AUDITOR}),
        ("dunning-company", {R.OWNER}),
        ("add-dunning-policy", {R.OWNER}),
        ("dunning-simulation", READERS),
        ("dunning-export", READERS),
    ],
)
def test_a_page_opens_for_its_roles_and_no_others(client, name, roles):
    opened, branch = set(), BranchFactory()
    for role in READERS | {R.NOC}:
        client.force_login(
            UserFactory(role=role, branch=branch if role == R.BRANCH_MANAGER else None)
        )
        if client.get(address(name)).status_code == 200:
            opened.add(role)

    assert opened == roles


def test_an_auditor_sees_the_holidays_and_adds_none(client):
    client.force_login(UserFactory(role=R.AUDITOR))

    answer = client.post(address("holidays"), {"day": "2026-02-21", "name": "Martyrs' Day"})

    assert (answer.status_code, Holiday.objects.count()) == (403, 0)


# --- the queue ------------------------------------------------------------------------------------


def test_the_queue_shows_every_value_of_a_decision(client, owner):
    a_debtor()

    values = {
        fact["label"]: fact["value"]
        for fact in client.get(address("dunning")).context["groups"][0]["rows"][0]["values"]
    }

    assert values["Balance"] == "Owes ৳\u202f1,150.00"
    assert values["Last day of grace"] == "08 Jan 2026"
    assert values["Policy"] == "Company settings"
    assert len(values) == 16


def test_another_grace_is_simulated_with_counts_and_money(client, owner):
    a_debtor(amount="100.00")
    a_debtor(amount="50.00", due=date(2026, 1, 2))

    context = client.get(address("dunning") + "?grace=6").context

    queue = context["queue"]
    assert (queue.cut_now, queue.cut_amount) == (1, Decimal("50.00"))
    assert (context["usual"].cut_now, context["usual"].cut_amount) == (2, Decimal("150.00"))


def test_only_tonight_s_can_be_shown(client, owner):
    tonight = a_debtor()
    a_debtor(due=date(2026, 1, 8))

    context = client.get(address("dunning") + "?show=tonight").context

    assert numbers_in(context) == [tonight.customer.number]


def numbers_in(context):
    return [row["one"].number for group in context["groups"] for row in group["rows"]]


def test_everybody_stands_in_one_part_of_the_queue(client, owner):
    cut = a_debtor()
    promised = a_debtor()
    AccountState.objects.filter(customer=promised.customer).update(promised_until=ON)
    kept = a_debtor(is_never_suspended=True)
    off = SubscriptionFactory(status="SUSPENDED", suspended_at=clock.now())
    open_invoice(off.customer, amount="10.00", due=date(2026, 1, 5))
    a_debtor(due=ON)  # not past due yet

    shown = {
        part: numbers_in(client.get(address("dunning"), {"show": part}).context)
        for part in ("", "promised", "kept", "off")
    }

    assert shown == {
        "": [cut.customer.number],
        "promised": [promised.customer.number],
        "kept": [kept.customer.number],
        "off": [off.customer.number],
    }


def test_those_to_be_cut_stand_under_their_day_with_its_sum(client, owner):
    a_debtor(amount="100.00")
    a_debtor(amount="50.00")
    a_debtor(amount="70.00", due=date(2026, 1, 8))

    context = client.get(address("dunning")).context

    assert [(group["count"], group["amount"]) for group in context["groups"]] == [
        (2, Decimal("150.00")),
        (1, Decimal("70.00")),
    ]
    assert sum(day.count for day in context["queue"].days) == 3
    assert context["sentence"].startswith("2 lines close today, 1 more ")


def test_a_day_without_cuts_says_so(client, owner):
    HolidayFactory(day=ON + timedelta(days=1), branch=None)

    days = client.get(address("dunning")).context["queue"].days

    assert [day.is_closed for day in days[:3]] == [False, True, False]


def test_the_queue_is_searched_by_name_number_and_phone(client, owner):
    amina = a_debtor(name="Amina Begum", phone="+8801711000001")
    a_debtor(name="Babul Hossain", phone="+8801811555555")

    for text in ("amina", amina.customer.number.lower(), "711000001"):
        assert numbers_in(client.get(address("dunning"), {"q": text}).context) == [
            amina.customer.number
        ]
    assert b"Nobody here by that name" in client.get(address("dunning"), {"q": "zzz"}).content


def test_the_queue_asks_as_much_for_three_rows_as_for_one(client, owner):
    a_debtor()
    one = queries_of(client, address("dunning"))
    a_debtor()
    a_debtor()

    assert queries_of(client, address("dunning")) == one


def test_many_are_excluded_until_a_day_and_stay_on_line(client, owner):
    debtors = [a_debtor() for _one in range(3)]
    numbers = [one.customer.number for one in debtors[:2]]
    shown = client.get(address("exclude"), {"ids": numbers})

    sent = client.post(address("exclude"), {**WHY, "ids": ",".join(numbers), "until": "2026-01-20"})

    assert "Exclude 2 customers" in shown.content.decode()
    assert sent.status_code == 302
    report = dunning.suspend_overdue(on=ON, act=Act.now(None))
    assert (report.suspended, report.left) == (1, {"excluded": 2})
    hold = DunningHold.objects.filter(customer=debtors[0].customer).get()
    assert (hold.until, hold.given_by) == (date(2026, 1, 20), owner)
    event = AuditEvent.objects.filter(action="exclusion.given").first()
    assert (event.before, event.after) == (
        {"excluded_until": None},
        {"excluded_until": "2026-01-20"},
    )
    assert "excluded until 20 Jan 2026" in client.get(address("dunning")).content.decode()


def test_everybody_in_the_queue_is_excluded_at_once_and_nobody_of_another_branch(client):
    here = BranchFactory()
    own, other = a_debtor(branch=here), a_debtor()
    client.force_login(UserFactory(role=R.BRANCH_MANAGER, branch=here))

    shown = client.get(address("exclude"), {"all": "1"})
    client.post(
        address("exclude"),
        {**WHY, "ids": f"{own.customer_id},{other.customer_id}", "until": "2026-01-20"},
    )

    assert shown.context["form"].initial["ids"] == str(own.customer_id)
    assert list(
        AccountState.objects.filter(excluded_until__isnull=False).values_list("pk", flat=True)
    ) == [own.customer_id]


def test_an_exclusion_is_ended_with_a_reason(client, owner):
    debtor = a_debtor()
    AccountState.objects.update(excluded_until=date(2026, 1, 20))
    url = address("include", debtor.customer.number)

    refused = client.post(url, {"reason_code": "OTHER", "reason": "no"})
    done = client.post(url, WHY)

    assert (refused.status_code, done.status_code) == (422, 302)
    assert AccountState.objects.get().excluded_until is None


@pytest.mark.parametrize("until", ["2026-01-09", "2026-04-11"])
def test_an_exclusion_does_not_reach_into_the_past_or_beyond_ninety_days(client, owner, until):
    debtor = a_debtor()

    sent = client.post(address("exclude"), {**WHY, "ids": debtor.customer.number, "until": until})

    assert (sent.status_code, AccountState.objects.get().excluded_until) == (422, None)


def test_the_queue_as_a_file_has_each_customer_with_the_reason(client, owner):
    debtor = a_debtor(name="=cmd()")

    text = b"".join(client.get(address("dunning-export")).streaming_content).decode()

    assert debtor.customer.number in text
    assert "days of grace ended on 08 Jan 2026" in text
    assert "'=cmd()" in text


def test_what_is_proposed_to_be_cancelled_waits_on_the_queue(client, owner):
    ladder(
        DunningPolicyFactory(customer_kind="", grace_days=None, minimum_amount=None),
        ("SUSPEND", None),
        ("PROPOSE_CANCEL", 5),
    )
    debtor = a_debtor()
    dunning.suspend_overdue(on=ON, act=Act.now(None))
    late_fees.propose_cancellations(on=ON, at=clock.now())

    (proposal,) = client.get(address("dunning")).context["proposals"]

    assert (proposal.customer_number, proposal.balance) == (
        debtor.customer.number,
        Decimal("1150.00"),
    )


# --- policies -------------------------------------------------------------------------------------


def test_a_policy_is_written_drawn_and_followed(client, owner):
    sent = client.post(address("add-dunning-policy"), POLICY)

    assert sent.status_code == 302
    policy = policies.in_force(on=ON).of("BUSINESS", None)
    assert [(step.action.value, step.offset_days) for step in policy.steps] == [
        ("REMIND", -2),
        ("NOTICE", 3),
        ("LATE_FEE", 5),
        ("SUSPEND", 8),
        ("PROPOSE_CANCEL", 40),
    ]
    assert policy.late_fee.rate == Decimal("0.025")
    assert policy.late_fee.since == ON
    page = client.get(address("dunning-policies")).content.decode()
    assert "Offices" in page
    event = AuditEvent.objects.get(action="dunning_policy.added")
    assert event.reason == POLICY["reason"]


def test_changing_a_policy_keeps_what_was_and_what_is(client, owner):
    client.post(address("add-dunning-policy"), POLICY)
    row = DunningPolicy.objects.get()
    url = address("dunning-policy", row.pk)

    sent = client.post(url, {**POLICY, "grace_days": "9"})

    assert sent.status_code == 302
    event = AuditEvent.objects.get(action="dunning_policy.changed")
    assert (event.before["grace_days"], event.after["grace_days"]) == (7, 9)
    assert ["SUSPEND", 10, [], ""] in event.after["steps"]


def test_who_saw_an_older_policy_is_told_so(client, owner):
    client.post(address("add-dunning-policy"), POLICY)
    url = address("dunning-policy", DunningPolicy.objects.get().pk)

    opened = client.get(url).context["form"].edited.opened
    earlier = {**POLICY, "steps-0-offset_days": "-9", "grace_days": "9"}
    client.post(url, earlier)

    sent = client.post(url, {**POLICY, "steps-0-offset_days": "-8", "opened": opened})

    policy = DunningPolicy.objects.get()
    assert sent.status_code == 409
    assert [one.label for one in sent.context["edit_conflict"].asked] == ["Messages"]
    assert [step.offset_days for step in policy.steps.order_by("offset_days")][0] == -9
    chosen = {"opened": opened, "opened_since": sent.context["edit_conflict"].seen}
    chosen |= {"choice-rows-of-the-form": "mine"}
    assert client.post(url, {**POLICY, "steps-0-offset_days": "-8", **chosen}).status_code == 302
    policy = DunningPolicy.objects.get()
    assert [step.offset_days for step in policy.steps.order_by("offset_days")][0] == -8
    assert policy.grace_days == 9


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"steps-1-offset_days": "-5"}, "in the order of their days"),
        ({"customer_kind": ""}, "Choose a class or a branch"),
        ({"fee_offset": ""}, "on which day the late fee is charged"),
        ({"fee_kind": ""}, "how much the late fee is"),
        ({"fee_value": "101"}, "At most 100 percent"),
        ({"cancel_offset": "6"}, "after the cut"),
        ({"suspends": ""}, "only where lines are cut"),
        ({"steps-1-action": "REMIND", "steps-1-offset_days": "-2"}, "two steps of a kind"),
        ({"steps-1-offset_days": ""}, "what is done and on which day"),
        ({"reason": "short"}, "at least ten characters"),
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(client, owner, wrong, says):
    sent = client.post(address("add-dunning-policy"), {**POLICY, **wrong})

    assert sent.status_code == 422
    assert says in sent.content.decode()
    assert not DunningPolicy.objects.exists()


def test_two_policies_for_the_same_customers_are_refused(client, owner):
    client.post(address("add-dunning-policy"), POLICY)

    again = client.post(address("add-dunning-policy"), POLICY)

    assert (again.status_code, DunningPolicy.objects.count()) == (422, 1)


def test_the_company_s_own_ladder_starts_from_its_settings(client, owner):
    shown = client.get(address("dunning-company")).context
    rows = [form.initial.get("offset_days") for form in shown["steps"]][:4]
    assert rows == [-3, -1, 0, None]
    assert "grace_days" not in shown["form"].fields

    values = {name: value for name, value in POLICY.items() if name != "customer_kind"}
    sent = client.post(address("dunning-company"), {**values, "cancel_offset": "30"})

    assert sent.status_code == 302
    own = policies.in_force(on=ON).default
    assert (own.grace_days, own.promise_days) == (3, 14)
    assert client.get(address("dunning-company")).context["form"]["name"].value() == "Offices"


def test_out_of_force_the_next_less_specific_policy_counts(client, owner):
    row = ladder(DunningPolicyFactory(grace_days=30), ("SUSPEND", None))
    url = address("archive-dunning-policy", row.pk)

    client.post(url, WHY)

    assert policies.in_force(on=ON).of("BUSINESS", None).grace_days == 3
    assert client.get(url).status_code == 404


# --- holidays and the trial -----------------------------------------------------------------------


def test_holidays_are_added_once_and_removed(client, owner):
    for _twice in range(2):
        client.post(address("holidays"), {"day": "2026-02-21", "name": "Martyrs' Day"})
    holiday = Holiday.objects.get()
    assert "Martyrs" in client.get(address("holidays")).content.decode()

    client.post(address("remove-holiday", holiday.pk))

    assert not Holiday.objects.exists()
    assert AuditEvent.objects.filter(action__startswith="holiday.").count() == 2


def test_the_trial_names_the_day_a_customer_is_cut_and_why(client, owner):
    HolidayFactory(day=date(2026, 1, 24))
    debtor = a_debtor(due=date(2026, 1, 20))

    page = client.get(address("dunning-simulation"), {"customer": debtor.customer.number})

    assert page.context["sentence"] == (
        "Will be suspended on 25 Jan 2026 unless ৳\u202f1,150.00 is paid, due on 20 Jan 2026."
    )
    assert [rung["on"] for rung in page.context["rungs"]] == [
        date(2026, 1, 17),
        date(2026, 1, 19),
        date(2026, 1, 20),
        date(2026, 1, 25),
    ]
    other = client.get(
        address("dunning-simulation"), {"customer": debtor.customer.number, "grace": "10"}
    )
    assert "31 Jan 2026" in other.context["sentence"]
    assert not DunningEvent.objects.exists()


def test_the_panel_says_where_on_the_ladder_the_customer_stands(client, owner):
    from billing.dunning.services import steps

    debtor = a_debtor()
    steps.send(on=date(2026, 1, 5), at=datetime(2026, 1, 5, 4, tzinfo=UTC))

    context = client.get(address("customer-panel", debtor.customer.number)).context

    done = [rung["name"] for rung in context["rungs"] if rung["is_done"]]
    assert done == ["Reminder"]
    assert "next run" in context["sentence"]


def test_a_customer_s_trial_costs_the_same_with_more_bills(client, owner):
    debtor = a_debtor()
    url = address("dunning-simulation") + f"?customer={debtor.customer.number}"
    one = queries_of(client, url)
    for week in (1, 2):
        open_invoice(debtor.customer, due=date(2026, 1, 5) + timedelta(weeks=week))

    assert queries_of(client, url) == one
