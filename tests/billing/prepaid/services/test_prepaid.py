"""A prepaid service lives from its customer's credit, and never from debt."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from psycopg.types.range import DateRange

from billing.approvals.services import approvals
from billing.changes.services import activation, service_states
from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.prepaid.models import BridgedDays
from billing.prepaid.services import prepaid_run, prepaid_terms, renewal
from billing.run.services import cycle
from customers.models import AccountState, Subscription, Suspension
from customers.services import lifecycle
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from network.models import Access
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import paid, prepaid
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

EXPIRY = date(2026, 1, 10)
WHY = "the customer asked for it"


def moment(day, month=1, hour=4):
    return datetime(2026, month, day, hour, 0, tzinfo=UTC)


def until(service):
    return Schedule.objects.get(subscription=service).billed_until


def status(service):
    return Subscription.objects.values_list("status", flat=True).get(pk=service.pk)


def balance(service):
    return AccountState.objects.values_list("balance_amount", flat=True).get(
        customer=service.customer_id
    )


def spans(service):
    return [
        (span.lower, span.upper)
        for span in InvoiceLine.objects.filter(subscription=service)
        .order_by("span")
        .values_list("span", flat=True)
    ]


def company(**values):
    Company.current()
    Company.objects.update(**values)
    Company.forget_cached()


@pytest.fixture(autouse=True)
def _proven():
    yield
    assert at_once.broken() == []


def test_credit_renews_a_service_at_its_expiry():
    service = prepaid(until=EXPIRY, line=True)
    paid(service.customer, "1500.00", at=moment(2))

    report = prepaid_run.run(act=Act(None, moment(10)))

    assert (report.renewed, report.closed, report.amount) == (1, 0, Decimal("1150.00"))
    assert until(service) == date(2026, 2, 10)
    assert balance(service) == Decimal("-350.00")
    invoice = Invoice.objects.get()
    assert (invoice.amount_due, invoice.total_amount) == (0, Decimal("1150.00"))
    assert spans(service) == [(EXPIRY, date(2026, 2, 10))]
    assert Message.objects.filter(event="prepaid_renewed").count() == 1


def test_before_its_expiry_nothing_happens():
    service = prepaid(until=EXPIRY)
    paid(service.customer, "5000.00", at=moment(2))

    assert prepaid_run.run(act=Act(None, moment(9))).renewed == 0
    assert until(service) == EXPIRY


def test_without_credit_the_line_is_closed_with_the_facts_that_led_to_it():
    service = prepaid(until=EXPIRY, line=True)
    paid(service.customer, "1149.99", at=moment(2))

    report = prepaid_run.run(act=Act(None, moment(10)))

    assert (report.renewed, report.closed) == (0, 1)
    assert status(service) == "SUSPENDED"
    suspension = Suspension.objects.get()
    assert (suspension.kind, suspension.is_billed) == ("PREPAID", False)
    assert suspension.decision["balance"] == "-1149.99"
    assert suspension.decision["expired_on"] == "2026-01-10"
    assert Access.objects.get().desired_state == "WALLED"
    assert Message.objects.filter(event="prepaid_over").count() == 1
    assert Invoice.objects.count() == 0


def test_a_second_run_finds_nothing():
    service, poor = prepaid(until=EXPIRY), prepaid(until=EXPIRY)
    paid(service.customer, "1150.00", at=moment(2))
    prepaid_run.run(act=Act(None, moment(10)))

    again = prepaid_run.run(act=Act(None, moment(10, hour=5)))

    assert (again.renewed, again.closed, Invoice.objects.count()) == (0, 0, 1)
    assert status(poor) == "SUSPENDED"


def test_a_payment_opens_a_closed_line_at_once_and_days_off_are_free():
    service = prepaid(until=EXPIRY, line=True)
    prepaid_run.run(act=Act(None, moment(10)))

    paid(service.customer, "1150.00", at=moment(15))

    assert status(service) == "ACTIVE"
    assert Access.objects.get().desired_state == "OPEN"
    assert until(service) == date(2026, 2, 15)
    assert spans(service) == [(date(2026, 1, 15), date(2026, 2, 15))]
    assert balance(service) == 0
    assert Subscription.objects.get().billing_day == 15


def test_a_payment_that_is_too_small_stays_credit():
    service = prepaid(until=EXPIRY, line=True)
    prepaid_run.run(act=Act(None, moment(10)))

    paid(service.customer, "500.00", at=moment(15))

    assert (status(service), balance(service)) == ("SUSPENDED", Decimal("-500.00"))
    paid(service.customer, "650.00", at=moment(16))
    assert (status(service), balance(service)) == ("ACTIVE", 0)
    assert until(service) == date(2026, 2, 16)


def test_the_billing_day_can_stay():
    company(prepaid_start="BILLING_DAY")
    service = prepaid(until=EXPIRY)
    prepaid_run.run(act=Act(None, moment(10)))

    paid(service.customer, "1150.00", at=moment(15))

    # 26 of the 31 days up to the tenth of February
    assert spans(service) == [(date(2026, 1, 15), date(2026, 2, 10))]
    assert InvoiceLine.objects.get().net_amount == Decimal("838.71")
    assert Subscription.objects.get().billing_day == 10


def test_days_of_grace_are_taken_off_the_period_paid_for_next():
    company(prepaid_grace_hours=48)
    service = prepaid(until=EXPIRY)
    assert prepaid_run.run(act=Act(None, moment(11))).waiting == 1
    # two days after midnight in Dhaka of the tenth
    assert prepaid_run.run(act=Act(None, datetime(2026, 1, 11, 17, 59, tzinfo=UTC))).closed == 0
    assert prepaid_run.run(act=Act(None, datetime(2026, 1, 11, 18, 0, tzinfo=UTC))).closed == 1

    paid(service.customer, "1150.00", at=moment(20))

    # a period of the month from 18 January: two days lent, the rest from the day of renewal
    assert spans(service) == [(date(2026, 1, 20), date(2026, 2, 18))]
    assert Invoice.objects.get().total_amount == Decimal("1150.00")
    lent = BridgedDays.objects.get()
    assert (lent.kind, lent.span) == ("LENT", DateRange(EXPIRY, date(2026, 1, 12)))
    assert lent.invoice == Invoice.objects.get()


def test_paying_within_the_grace_goes_on_where_the_time_was_over():
    company(prepaid_grace_hours=72)
    service = prepaid(until=EXPIRY)
    prepaid_run.run(act=Act(None, moment(11)))

    paid(service.customer, "1150.00", at=moment(12))

    assert spans(service) == [(EXPIRY, date(2026, 2, 10))]
    assert BridgedDays.objects.count() == 0


def test_lines_are_closed_only_in_the_hours_set():
    company(suspend_from_hour=9, suspend_until_hour=18)
    service = prepaid(until=EXPIRY)

    assert (
        prepaid_run.run(act=Act(None, datetime(2026, 1, 9, 20, 0, tzinfo=UTC))).waiting == 1
    )  # 02:00
    assert prepaid_run.run(act=Act(None, moment(10))).closed == 1  # 10:00

    assert Suspension.objects.get().span.lower == EXPIRY
    assert status(service) == "SUSPENDED"


def test_a_late_job_bills_the_days_that_were_used():
    service = prepaid(until=EXPIRY)
    paid(service.customer, "2300.00", at=moment(2))

    report = prepaid_run.run(act=Act(None, moment(20, month=2)))

    assert report.renewed == 2
    assert spans(service) == [(EXPIRY, date(2026, 2, 10)), (date(2026, 2, 10), date(2026, 3, 10))]
    assert balance(service) == 0


def test_two_services_share_a_wallet_the_one_over_first_comes_first():
    customer = CustomerFactory()
    second = prepaid(customer, until=EXPIRY, price="500.00", line_no=2)
    first = prepaid(customer, until=date(2026, 1, 9), billing_day=9)
    paid(customer, "1200.00", at=moment(2))

    prepaid_run.run(act=Act(None, moment(10)))

    assert (status(first), status(second)) == ("ACTIVE", "SUSPENDED")
    assert balance(first) == Decimal("-50.00")


def test_the_cheaper_one_is_renewed_when_the_dearer_cannot_be():
    customer = CustomerFactory()
    dear = prepaid(customer, until=date(2026, 1, 9), billing_day=9)
    cheap = prepaid(customer, until=EXPIRY, price="500.00", line_no=2)
    paid(customer, "600.00", at=moment(2))

    prepaid_run.run(act=Act(None, moment(10)))

    assert (status(dear), status(cheap)) == ("SUSPENDED", "ACTIVE")


def test_what_is_owed_elsewhere_is_no_credit():
    customer = CustomerFactory()
    service = prepaid(customer, until=EXPIRY)
    paid(customer, "1150.00", at=moment(2))
    from tests.factories.payments import open_invoice

    open_invoice(customer, amount="100.00", due=date(2026, 1, 30))

    assert prepaid_run.run(act=Act(None, moment(10))).renewed == 0
    assert status(service) == "SUSPENDED"


def test_who_chose_so_is_not_renewed_by_itself():
    service = prepaid(until=EXPIRY)
    prepaid_terms.choose_renewal(subscription=service, is_on=False, act=Act(None, moment(1)))
    paid(service.customer, "1150.00", at=moment(2))

    prepaid_run.run(act=Act(None, moment(10)))
    assert status(service) == "SUSPENDED"
    paid(service.customer, "10.00", at=moment(11))
    assert status(service) == "SUSPENDED"

    renewal.renew(subscription=service, act=Act(None, moment(12)))
    assert until(service) == date(2026, 2, 12)


def test_the_choice_can_be_changed_back_and_leaves_events():
    service = prepaid(until=EXPIRY)
    for is_on in (False, True, False):
        prepaid_terms.choose_renewal(subscription=service, is_on=is_on, act=Act(None, moment(1)))

    assert AuditEvent.objects.filter(action="prepaid.renewal_chosen").count() == 3


def test_several_periods_are_bought_at_once_before_the_expiry():
    service = prepaid(until=EXPIRY)
    paid(service.customer, "3450.00", at=moment(2))

    done = renewal.renew(subscription=service, act=Act(None, moment(5)), periods=3)

    assert (done.periods, done.amount, done.expires_on) == (
        3,
        Decimal("3450.00"),
        date(2026, 4, 10),
    )
    assert balance(service) == 0


def test_all_periods_or_none():
    service = prepaid(until=EXPIRY)
    paid(service.customer, "3449.99", at=moment(2))

    with pytest.raises(renewal.NotCovered) as refusal:
        renewal.renew(subscription=service, act=Act(None, moment(5)), periods=3)

    assert refusal.value.missing == Decimal("0.01")
    assert (until(service), Invoice.objects.count()) == (EXPIRY, 0)


def test_a_quote_says_what_renewing_takes_and_leaves_no_trace():
    service = prepaid(until=EXPIRY, line=True)
    prepaid_run.run(act=Act(None, moment(10)))
    paid(service.customer, "400.00", at=moment(12))

    quote = renewal.quote(subscription=service, at=moment(15), periods=2)

    assert (quote.amount, quote.credit, quote.missing, quote.expires_on) == (
        Decimal("2300.00"),
        Decimal("400.00"),
        Decimal("1900.00"),
        date(2026, 3, 15),
    )
    assert status(service) == "SUSPENDED"
    assert (until(service), Invoice.objects.count()) == (EXPIRY, 0)


def test_activation_is_paid_from_credit():
    customer = CustomerFactory()
    service = SubscriptionFactory(
        customer=customer, mode="PREPAID", status="PENDING", activated_on=None, billing_day=5
    )
    AccessFactory(subscription=service, desired_state="WALLED")
    paid(customer, "1150.00", at=moment(2))

    activation.activate(
        subscription=service, on=date(2026, 1, 20), act=Act(None, moment(20), reason=WHY)
    )

    assert (status(service), until(service)) == ("ACTIVE", date(2026, 2, 20))
    assert balance(service) == 0


def test_activation_without_credit_waits_closed_and_opens_when_it_is_paid():
    customer = CustomerFactory()
    service = SubscriptionFactory(
        customer=customer,
        mode="PREPAID",
        status="PENDING",
        activated_on=None,
        billing_day=5,
        installation_fee=Decimal("500.00"),
    )
    AccessFactory(subscription=service, desired_state="WALLED")

    fees = activation.activate(
        subscription=service, on=date(2026, 1, 20), act=Act(None, moment(20), reason=WHY)
    )

    assert fees.total_amount == Decimal("575.00")
    assert status(service) == "SUSPENDED"
    paid(customer, "1725.00", at=moment(22))
    assert (status(service), until(service)) == ("ACTIVE", date(2026, 2, 22))
    assert balance(service) == 0


def test_staff_cannot_open_by_hand_what_is_not_paid():
    service = prepaid(until=EXPIRY, status="SUSPENDED")

    with pytest.raises(service_states.NotPaid):
        service_states.reactivate(
            subscription=service, on=date(2026, 1, 12), act=Act(None, moment(12), reason=WHY)
        )


def test_a_freeze_over_the_expiry_costs_nothing_and_goes_on_when_it_ends():
    service = prepaid(until=EXPIRY)
    paid(service.customer, "1150.00", at=moment(2))
    service_states.suspend(
        subscription=service,
        kind="CUSTOMER_REQUEST",
        is_billed=False,
        on=date(2026, 1, 5),
        act=Act(None, moment(5), reason=WHY),
    )
    assert prepaid_run.run(act=Act(None, moment(12))).renewed == 0

    service_states.reactivate(
        subscription=service, on=date(2026, 1, 20), act=Act(None, moment(20), reason=WHY)
    )

    assert spans(service) == [(date(2026, 1, 20), date(2026, 2, 20))]
    assert status(service) == "ACTIVE"


def test_given_days_prolong_a_running_service():
    service = prepaid(until=EXPIRY)
    staff = UserFactory()

    given = prepaid_terms.give_days(
        subscription=service, days=3, act=Act(staff, moment(5), reason=WHY)
    ).document

    assert (given.kind, until(service)) == ("GIVEN", date(2026, 1, 13))
    assert BridgedDays.objects.get().span == DateRange(EXPIRY, date(2026, 1, 13))
    paid(service.customer, "1150.00", at=moment(6))
    prepaid_run.run(act=Act(None, moment(13)))
    assert spans(service) == [(date(2026, 1, 13), date(2026, 2, 13))]


def test_given_days_open_a_closed_service_and_forgive_the_lent_ones():
    company(prepaid_grace_hours=24)
    service = prepaid(until=EXPIRY, line=True)
    prepaid_run.run(act=Act(None, moment(11)))

    prepaid_terms.give_days(
        subscription=service, days=2, act=Act(UserFactory(), moment(15), reason=WHY)
    )

    assert (status(service), until(service)) == ("ACTIVE", date(2026, 1, 17))
    assert sorted(BridgedDays.objects.values_list("span", flat=True)) == [
        DateRange(EXPIRY, date(2026, 1, 11)),
        DateRange(date(2026, 1, 15), date(2026, 1, 17)),
    ]


def test_many_days_need_a_second_person():
    service = prepaid(until=EXPIRY)
    asking, owner = UserFactory(), UserFactory()
    asked = prepaid_terms.give_days(
        subscription=service, days=10, act=Act(asking, moment(5), reason=WHY)
    ).approval
    assert (asked.status, asked.amount, until(service)) == ("PENDING", Decimal("333.33"), EXPIRY)
    decision = {"approval": asked, "on": date(2026, 1, 5), "at": moment(5)}

    with pytest.raises(approvals.OwnRequest):
        approvals.approve(**acting(**decision, actor=asking))
    approvals.approve(**acting(**decision, actor=owner))

    assert until(service) == date(2026, 1, 20)


def test_days_are_not_given_on_facts_that_have_changed():
    service = prepaid(until=EXPIRY)
    asked = prepaid_terms.give_days(
        subscription=service, days=10, act=Act(UserFactory(), moment(5), reason=WHY)
    ).approval
    paid(service.customer, "1150.00", at=moment(6))
    prepaid_run.run(act=Act(None, moment(10)))

    with pytest.raises(Stale):
        approvals.approve(approval=asked, act=Act(UserFactory(), moment(10), on=EXPIRY))

    assert until(service) == date(2026, 2, 10)


def test_the_kind_changes_at_the_boundary_of_two_periods():
    service = SubscriptionFactory(billing_day=10)
    from tests.factories.billing import scheduled

    scheduled(service, billed_until=EXPIRY)
    prepaid_terms.switch_mode(
        subscription=service, mode="PREPAID", act=Act(None, moment(5), reason=WHY)
    )
    assert cycle.run(on=EXPIRY, act=Act(None, moment(10))).run is None
    paid(service.customer, "1150.00", at=moment(6))
    prepaid_run.run(act=Act(None, moment(10)))
    assert until(service) == date(2026, 2, 10)

    prepaid_terms.switch_mode(
        subscription=service, mode="POSTPAID", act=Act(None, moment(12), reason=WHY)
    )
    assert prepaid_run.run(act=Act(None, moment(10, month=2))).closed == 0
    cycle.run(on=date(2026, 2, 10), act=Act(None, moment(10, month=2)))
    assert spans(service) == [(EXPIRY, date(2026, 2, 10)), (date(2026, 2, 10), date(2026, 3, 10))]


def test_a_closed_service_keeps_its_kind():
    service = prepaid(until=EXPIRY, status="SUSPENDED")

    with pytest.raises(prepaid_terms.NotSwitchable):
        prepaid_terms.switch_mode(
            subscription=service, mode="POSTPAID", act=Act(None, moment(12), reason=WHY)
        )


def test_reminders_say_what_is_missing_once():
    company(prepaid_reminder_days=[3, 1])
    service, rich = prepaid(until=EXPIRY), prepaid(until=EXPIRY)
    paid(service.customer, "400.00", at=moment(2))
    paid(rich.customer, "1150.00", at=moment(2))

    assert prepaid_run.remind(on=date(2026, 1, 7), at=moment(7)) == 1
    assert prepaid_run.remind(on=date(2026, 1, 7), at=moment(7)) == 0
    assert prepaid_run.remind(on=date(2026, 1, 9), at=moment(9)) == 1

    message = Message.objects.filter(event="prepaid_low").order_by("pk").first()
    assert message.context["missing"] == "750.00"
    assert message.context["expires_on"] == "2026-01-10"


def test_a_service_paused_for_another_reason_is_not_renewed():
    service = prepaid(until=EXPIRY)
    lifecycle.suspend(
        subscription=service,
        kind="FRAUD",
        is_billed=False,
        decision={},
        act=Act(None, moment(9), reason=WHY),
        on=date(2026, 1, 9),
    )

    paid(service.customer, "1150.00", at=moment(12))

    assert (status(service), balance(service)) == ("SUSPENDED", Decimal("-1150.00"))
    with pytest.raises(renewal.NotRenewable):
        renewal.renew(subscription=service, act=Act(None, moment(12)))


def test_the_thirty_first_does_not_drift():
    service = prepaid(until=date(2026, 1, 31))
    paid(service.customer, "3450.00", at=moment(2))

    for on in (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)):
        prepaid_run.run(act=Act(None, datetime(on.year, on.month, on.day, 6, tzinfo=UTC)))

    assert until(service) == date(2026, 4, 30)
    assert Subscription.objects.get().billing_day == 31


def test_a_job_that_comes_back_months_later_closes_and_lends_the_days(at):
    service = prepaid(until=EXPIRY)

    prepaid_run.run(act=Act(None, moment(10) + timedelta(days=100)))

    assert status(service) == "SUSPENDED"
    paid(service.customer, "11500.00", at=moment(10) + timedelta(days=100))
    # closed and opened on one day: the hundred days were used and are billed
    assert spans(service)[0][0] == EXPIRY
    assert len(spans(service)) == 4
