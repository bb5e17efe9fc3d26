"""Climbing the ladder: messages, late fees, cuts and proposals, each once, each with its facts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from billing.allocation.models import Payment
from billing.dunning.models import DunningEvent
from billing.dunning.services import dunning, exclusions, late_fees, promises, steps
from billing.dunning.services.promises import PromiseRefused
from billing.invoices.models import Invoice
from customers.models import AccountState, Customer, Subscription, Suspension
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from ispbill.core.models import Company
from ispbill.notifications.models import Message, MessageSettings
from network.models import Router
from tests.database import owner_connection
from tests.factories.accounts import BranchFactory
from tests.factories.acts import acting
from tests.factories.catalogue import TaxClassFactory, TaxRateFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.dunning import DunningPolicyFactory, HolidayFactory, ladder
from tests.factories.network import AccessFactory
from tests.factories.payments import ISSUED_AT, open_invoice
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

DUE = date(2026, 1, 5)
WHY = "agreed with the manager"


def moment(day):
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def debtor(*, due=DUE, amount="1150.00", **values):
    """A customer on line with one bill."""
    values = {"wants_email": False, **values}
    subscription = SubscriptionFactory(customer=CustomerFactory(**values))
    open_invoice(subscription.customer, amount=amount, due=due)
    return subscription


def company_wide(*rungs, **values):
    """The company's own policy with steps of its own."""
    policy = DunningPolicyFactory(customer_kind="", grace_days=None, minimum_amount=None, **values)
    return ladder(policy, *rungs)


def send(day):
    return steps.send(on=day, at=moment(day))


def suspend(day):
    return dunning.suspend_overdue(on=day, act=Act(None, moment(day)))


def taken():
    return list(DunningEvent.objects.order_by("pk").values_list("action", "offset_days", "outcome"))


# --- messages ------------------------------------------------------------------------------------


def test_without_a_policy_the_company_s_settings_are_the_ladder():
    subscription = debtor()

    for day in range(-4, 3):
        send(DUE + timedelta(days=day))

    assert taken() == [("REMIND", offset, "DONE") for offset in (-3, -1, 0)]
    invoice = Invoice.objects.get().number
    assert list(Message.objects.order_by("pk").values_list("event", "dedup_key")) == [
        ("payment_reminder", f"payment_reminder:{invoice}:-3:SMS"),
        ("payment_reminder", f"payment_reminder:{invoice}:-1:SMS"),
        ("payment_due_today", f"payment_due_today:{invoice}:0:SMS"),
    ]
    assert subscription.customer.account_state.oldest_due_date == DUE


def test_run_twice_sends_once():
    debtor()

    assert [send(DUE).messages, send(DUE).messages] == [1, 0]


def test_late_by_days_only_the_newest_is_sent_and_the_rest_is_noted_as_left_out():
    debtor()

    told = send(DUE + timedelta(days=2))

    assert (told.done, told.skipped, told.messages) == ({0: 1}, 2, 1)
    assert sorted(taken()) == [
        ("REMIND", -3, "SKIPPED"),
        ("REMIND", -1, "SKIPPED"),
        ("REMIND", 0, "DONE"),
    ]
    # "Due today" would be untrue by now.
    assert Message.objects.get().event == "payment_overdue"


def test_late_by_more_than_a_week_nothing_is_sent_any_more():
    debtor()

    assert send(DUE + timedelta(days=7)).messages == 0
    assert send(DUE + timedelta(days=8)).messages == 0


def test_a_bill_issued_late_has_no_steps_from_before_it_was_there():
    debtor(due=ISSUED_AT.date() + timedelta(days=1))

    assert send(ISSUED_AT.date()).done == {-1: 1}
    assert taken() == [("REMIND", -1, "DONE")]


@pytest.mark.parametrize("values", [{"balance_amount": 0}, {"balance_amount": -20}])
def test_who_owes_nothing_is_not_reminded(values):
    debtor()
    AccountState.objects.update(**values)

    assert send(DUE).messages == 0


def test_the_ladder_says_which_channels_and_never_one_the_customer_does_not_want():
    company_wide(("REMIND", 0, ["WHATSAPP", "EMAIL"]))
    MessageSettings.current()
    MessageSettings.objects.update(uses_whatsapp=True)
    debtor(wants_whatsapp=True)
    debtor(email="b@example.com", wants_email=True)
    debtor()

    send(DUE)

    assert sorted(Message.objects.values_list("channel", flat=True)) == ["EMAIL", "WHATSAPP"]


def test_a_notice_names_the_first_day_the_line_may_be_cut():
    """Grace ends on Thursday 8 January; Friday and Saturday are free, Sunday is a holiday."""
    company_wide(("NOTICE", 1), ("SUSPEND", None), cutoff_weekdays=[0, 1, 2, 3, 6])
    HolidayFactory(day=date(2026, 1, 11))
    debtor()

    send(DUE + timedelta(days=1))

    message = Message.objects.get()
    assert (message.event, message.context["suspend_date"]) == ("suspension_notice", "2026-01-12")
    assert [suspend(date(2026, 1, day)).suspended for day in (9, 10, 11, 12)] == [0, 0, 0, 1]


def test_a_notice_to_who_is_never_cut_says_only_that_it_is_overdue():
    company_wide(("NOTICE", 1))
    debtor()

    send(DUE + timedelta(days=1))

    assert Message.objects.get().event == "payment_overdue"


def test_messages_wait_for_the_end_of_the_quiet_hours():
    debtor()

    steps.send(on=DUE, at=datetime(2026, 1, 5, 17, 0, tzinfo=UTC))  # 23:00 in Dhaka

    assert Message.objects.get().next_attempt_at == datetime(2026, 1, 6, 2, 0, tzinfo=UTC)


# --- the most specific policy --------------------------------------------------------------------


def test_class_and_branch_go_before_class_before_branch_before_the_company():
    here, there = BranchFactory(), BranchFactory()
    for branch, kind, grace in ((here, "BUSINESS", 10), (None, "BUSINESS", 8), (here, "", 6)):
        ladder(
            DunningPolicyFactory(branch=branch, customer_kind=kind, grace_days=grace),
            ("SUSPEND", None),
        )
    lines = {
        grace: debtor(branch=branch, kind=kind)
        for branch, kind, grace in (
            (here, "BUSINESS", 10),
            (there, "BUSINESS", 8),
            (here, "RESIDENTIAL", 6),
            (there, "RESIDENTIAL", 3),
        )
    }

    cut = {}
    for day in range(3, 13):
        suspend(DUE + timedelta(days=day))
        for grace, line in lines.items():
            line.refresh_from_db()
            if line.status == "SUSPENDED":
                cut.setdefault(grace, day)

    assert cut == {3: 4, 6: 7, 8: 9, 10: 11}


def test_a_policy_without_a_cut_cuts_nobody():
    ladder(DunningPolicyFactory(), ("REMIND", 1))
    debtor(kind="BUSINESS")

    assert suspend(DUE + timedelta(days=60)).left == {"never_cut": 1}


# --- the cut -------------------------------------------------------------------------------------


def test_a_cut_is_a_step_with_every_value_and_may_come_again_after_the_line_was_opened():
    subscription = debtor()
    cut_on = DUE + timedelta(days=4)
    suspend(cut_on)
    suspension = Suspension.objects.get()

    event = DunningEvent.objects.get()
    assert (event.action, event.offset_days, event.occurrence) == ("SUSPEND", 4, 1)
    assert event.facts == suspension.decision
    assert event.facts["facts"]["balance"] == "1150.00"

    from billing.changes.services import service_states

    service_states.reactivate(
        subscription=subscription, on=cut_on, act=Act(None, moment(cut_on), reason=WHY)
    )
    suspend(cut_on + timedelta(days=1))

    assert list(DunningEvent.objects.order_by("pk").values_list("occurrence", flat=True)) == [1, 2]


def test_a_pending_payment_keeps_the_line_open_but_not_for_ever():
    subscription = debtor()
    day = DUE + timedelta(days=4)
    Payment.objects.create(
        customer=subscription.customer,
        branch=subscription.customer.branch,
        amount=1150,
        currency="BDT",
        method="BKASH",
        status="PENDING",
        received_at=moment(day),
        posted_on=day,
        idempotency_key="pending-1",
    )

    assert suspend(day).left == {"payment_pending": 1}
    assert suspend(day + timedelta(days=3)).suspended == 1


@pytest.mark.parametrize(("waits", "cut"), [(True, 0), (False, 1)])
def test_a_silent_router_pauses_where_the_policy_says_so(waits, cut):
    company_wide(("SUSPEND", None), pauses_on_outage=waits)
    AccessFactory(subscription=debtor())
    Router.objects.update(status="OFFLINE")

    assert suspend(DUE + timedelta(days=4)).suspended == cut


def test_excluded_until_a_day_the_line_stays_on_and_is_cut_on_the_next(at):
    subscription = debtor()
    until = DUE + timedelta(days=9)
    assert (
        exclusions.exclude(
            customer_ids=[subscription.customer_id],
            until=until,
            act=Act(None, at, on=DUE + timedelta(days=4), reason=WHY),
        )
        == 1
    )

    left = [suspend(DUE + timedelta(days=day)).left for day in (4, 9, 10)]

    assert left == [{"excluded": 1}, {"excluded": 1}, {}]
    assert Subscription.objects.get().status == "SUSPENDED"


def test_excluding_needs_a_reason_and_a_day_within_ninety(at):
    subscription = debtor()
    values = {"customer_ids": [subscription.customer_id], "on": DUE, "at": at, "actor": None}

    with pytest.raises(ReasonMissing):
        exclusions.exclude(until=DUE, **acting(reason="because", **values))
    for until in (DUE - timedelta(days=1), DUE + timedelta(days=91)):
        with pytest.raises(exclusions.ExclusionRefused):
            exclusions.exclude(until=until, **acting(reason=WHY, **values))
    assert AccountState.objects.get(pk=subscription.customer_id).excluded_until is None


def test_promises_a_year_are_counted(at):
    company_wide(("SUSPEND", None), promises_a_year=1, promise_days=10)
    customer = debtor().customer
    values = {"customer": customer, "reason": WHY, "at": at, "actor": None}
    promises.promise(until=DUE + timedelta(days=10), **acting(on=DUE, **values))

    with pytest.raises(PromiseRefused, match="the 1 promise"):
        promises.promise(until=DUE + timedelta(days=3), **acting(on=DUE, **values))
    with pytest.raises(PromiseRefused, match="10 days"):
        promises.promise(until=date(2027, 1, 30), **acting(on=date(2027, 1, 1), **values))
    assert promises.promise(until=date(2027, 1, 3), **acting(on=date(2027, 1, 1), **values))


# --- late fees -----------------------------------------------------------------------------------


def test_a_late_fee_is_a_bill_of_its_own_once_a_bill_and_taxed(at):
    company_wide(
        ("LATE_FEE", 2), ("SUSPEND", None), late_fee_amount=Decimal("50.00"), late_fee_since=DUE
    )
    debtor()
    day = DUE + timedelta(days=2)

    charged = [
        late_fees.charge(on=one, at=moment(one)) for one in (DUE, day, day, date(2026, 3, 1))
    ]

    assert charged == [0, 1, 0, 0]
    fee = Invoice.objects.get(kind="LATE_FEE")
    line = fee.lines.get()
    assert (fee.due_date, fee.subtotal_amount, fee.tax_amount) == (
        day,
        Decimal("50.00"),
        Decimal("7.50"),
    )
    assert (line.kind, line.account_id) == ("LATE_FEE", 4300)
    event = DunningEvent.objects.get()
    assert event.facts["fee_invoice"] == fee.number
    assert event.facts["late_fee"]["unpaid"] == "1150.00"
    assert Message.objects.get().event == "late_fee_charged"
    assert at_once.broken() == []


def test_a_percent_fee_is_of_what_is_unpaid_with_the_rate_of_its_tax_class():
    tax = TaxClassFactory()
    TaxRateFactory(tax_class=tax, rate=Decimal("0.05"))
    company_wide(
        ("LATE_FEE", 1), late_fee_rate=Decimal("0.025"), late_fee_since=DUE, late_fee_tax_class=tax
    )
    debtor(amount="333.00")

    late_fees.charge(on=DUE + timedelta(days=1), at=moment(DUE + timedelta(days=1)))

    fee = Invoice.objects.get(kind="LATE_FEE")
    assert (fee.subtotal_amount, fee.tax_amount) == (Decimal("8.33"), Decimal("0.42"))


def test_bills_due_before_the_fee_was_agreed_are_spared():
    company_wide(
        ("LATE_FEE", 1), late_fee_amount=Decimal("50.00"), late_fee_since=DUE + timedelta(days=1)
    )
    debtor()

    assert late_fees.charge(on=date(2026, 2, 1), at=moment(date(2026, 2, 1))) == 0


@pytest.mark.parametrize("given", ["promised_until", "excluded_until"])
def test_who_was_given_time_pays_no_fee_until_it_is_over(given):
    company_wide(("LATE_FEE", 1), late_fee_amount=Decimal("50.00"), late_fee_since=DUE)
    debtor()
    until = DUE + timedelta(days=5)
    AccountState.objects.update(**{given: until})

    days = (until, until + timedelta(days=1))
    assert [late_fees.charge(on=day, at=moment(day)) for day in days] == [0, 1]


def test_the_database_takes_one_late_fee_a_bill_and_changes_no_step(at):
    company_wide(("LATE_FEE", 1), late_fee_amount=Decimal("50.00"), late_fee_since=DUE)
    debtor()
    late_fees.charge(on=DUE + timedelta(days=1), at=at)
    event = DunningEvent.objects.get()

    with pytest.raises(IntegrityError, match="dunning_late_fee_once"), transaction.atomic():
        event.pk, event.offset_days = None, 5
        event.save(force_insert=True)
    with owner_connection() as owner, pytest.raises(Exception, match="append-only"):
        owner.execute("UPDATE billing_dunningevent SET outcome = 'SKIPPED'")


# --- the end of the ladder -----------------------------------------------------------------------


def test_who_stays_unpaid_is_proposed_to_be_cancelled_once():
    company_wide(("SUSPEND", None), ("PROPOSE_CANCEL", 30))
    debtor()
    suspend(DUE + timedelta(days=4))
    days = [DUE + timedelta(days=day) for day in (29, 30, 31)]

    assert [late_fees.propose_cancellations(on=day, at=moment(day)) for day in days] == [0, 1, 0]
    assert Subscription.objects.get().status == "SUSPENDED"
    assert DunningEvent.objects.get(action="PROPOSE_CANCEL").facts["amount"] == "1150.00"


# --- opening again -------------------------------------------------------------------------------


def test_who_was_cleared_without_a_payment_is_opened_by_the_sweep():
    subscription = debtor()
    day = DUE + timedelta(days=4)
    suspend(day)
    with transaction.atomic():
        Invoice.objects.update(paid_amount=F("total_amount"))

    assert [dunning.reopen_cleared(at=moment(day)) for _again in range(2)] == [1, 0]
    subscription.refresh_from_db()
    assert subscription.status == "ACTIVE"


def test_what_a_person_cut_stays_cut_until_a_payment():
    from billing.changes.services import service_states

    subscription = debtor(due=date(2026, 2, 5))
    service_states.suspend(
        subscription=subscription,
        kind="NON_PAYMENT",
        is_billed=False,
        on=DUE,
        act=Act(None, moment(DUE), reason=WHY),
    )

    assert dunning.reopen_cleared(at=moment(DUE)) == 0


@pytest.mark.parametrize("zone", ["Asia/Dhaka", "Pacific/Kiritimati", "America/Los_Angeles", "UTC"])
def test_the_company_s_date_decides_whatever_the_server_s_zone(zone):
    company = Company.current()
    company.time_zone = zone
    company.save()
    Company.forget_cached()
    debtor()

    assert [suspend(DUE + timedelta(days=day)).suspended for day in (3, 4)] == [0, 1]
    assert Customer.objects.get().status == "SUSPENDED"
