"""Pauses, returns and ends: no day billed twice, none kept that was given back."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from billing.changes.models import PlannedMove
from billing.changes.services import planned_moves, returning, service_states, termination
from billing.changes.services.planned_moves import NotPlannable, Pause
from billing.invoices.models import CreditNote, Invoice, InvoiceLine, Schedule
from billing.receivables.services.admission import Asked
from billing.run.queries import left_out
from billing.run.services import cycle
from customers.models import AccountState, Subscription, Suspension
from ispbill.core.acts import Act
from ispbill.core.models import Company
from network.models import Access
from tests import database
from tests.factories.acts import acting
from tests.factories.changes import approved, asked, billed_service, billed_until, priced_package
from tests.factories.network import AccessFactory
from tests.factories.payments import paid
from tests.laws import at_once as every_proof

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
WHY = "asked for on the phone"


def moment(on):
    return datetime(on.year, on.month, on.day, 4, tzinfo=UTC)


def suspend(service, on, kind="CUSTOMER_REQUEST"):
    return service_states.suspend(
        subscription=service,
        kind=kind,
        is_billed=service_states.bills_by_default(kind),
        on=on,
        act=Act(None, moment(on), reason=WHY),
    )


def bring_back(service, on):
    service_states.reactivate(subscription=service, on=on, act=Act(None, moment(on), reason=WHY))


def end(service, on, today=None):
    today = today or on
    return termination.terminate(
        subscription=service, on=on, act=Act(None, moment(today), on=today, reason=WHY)
    )


def setting(**values):
    company = Company.current()
    for name, value in values.items():
        setattr(company, name, value)
    company.save()
    Company.forget_cached()


def owes(service):
    return AccountState.objects.get(customer=service.customer_id).balance_amount


def test_days_of_a_pause_that_were_billed_are_credited_on_return():
    service = billed_service("1000.00")

    suspend(service, ON)
    bring_back(service, date(2026, 1, 15))

    note = CreditNote.objects.get()
    # 10 to 14 January: 5 of 31 days
    assert (note.net_amount, note.total_amount) == (Decimal("161.29"), Decimal("185.48"))
    assert billed_until(service) == date(2026, 2, 5)
    assert InvoiceLine.objects.get().held_span is None  # the days stay held
    assert every_proof.broken() == []


@pytest.mark.parametrize(
    ("kind", "credited"),
    [("CUSTOMER_REQUEST", 1), ("TECHNICAL", 1), ("FRAUD", 0), ("POLICY", 0), ("OTHER", 0)],
)
def test_each_kind_has_its_money_rule(kind, credited):
    service = billed_service("1000.00")

    suspend(service, ON, kind=kind)
    bring_back(service, date(2026, 1, 15))

    assert CreditNote.objects.count() == credited


def test_the_company_may_choose_another_rule():
    setting(suspension_rules={"TECHNICAL": {"is_billed": False, "is_credited": False}})
    service = billed_service("1000.00")

    suspend(service, ON, kind="TECHNICAL")
    bring_back(service, date(2026, 1, 15))

    assert not CreditNote.objects.exists()


def test_days_no_bill_has_reached_are_skipped_for_good():
    service = billed_service("1000.00")
    suspend(service, ON)

    cycle.run(on=date(2026, 2, 20), act=Act(None, moment(date(2026, 2, 20))))
    bring_back(service, date(2026, 2, 20))

    assert (billed_until(service), CreditNote.objects.count()) == (date(2026, 2, 20), 1)
    cycle.run(on=date(2026, 2, 21), act=Act(None, moment(date(2026, 2, 21))))
    days = [(line.span.lower, line.span.upper) for line in InvoiceLine.objects.order_by("span")]
    assert days == [(date(2026, 1, 5), date(2026, 2, 5)), (date(2026, 2, 20), date(2026, 3, 5))]
    assert every_proof.broken() == []


def test_a_late_run_cannot_bill_the_days_of_a_pause():
    service = billed_service("1000.00")  # billed until 5 February, and no run after it
    suspend(service, date(2026, 2, 10))
    bring_back(service, date(2026, 2, 15))

    cycle.run(on=date(2026, 2, 20), act=Act(None, moment(date(2026, 2, 20))))

    days = [(line.span.lower, line.span.upper) for line in InvoiceLine.objects.order_by("span")]
    assert days == [
        (date(2026, 1, 5), date(2026, 2, 5)),
        (date(2026, 2, 5), date(2026, 2, 10)),
        (date(2026, 2, 15), date(2026, 3, 5)),
    ]
    assert every_proof.broken() == []


def test_returns_by_payment_are_credited_by_the_job():
    setting(suspension_rules={"NON_PAYMENT": {"is_billed": False, "is_credited": True}})
    service = billed_service("1000.00")
    suspend(service, ON, kind="NON_PAYMENT")
    from billing.receivables.services import settlement

    on = date(2026, 1, 12)
    settlement.settle(
        Asked(
            customer_id=service.customer.pk,
            amount=Decimal("1150.00"),
            method="CASH",
            received_by=None,
            received_at=moment(on),
            key="x",
            act=Act(None, moment(on)),
        )
    )

    assert [returning.settle_all(on=on, at=moment(on)) for _twice in range(2)] == [1, 0]

    assert CreditNote.objects.get().net_amount == Decimal("64.52")  # 2 of 31 days
    assert every_proof.broken() == []


def test_a_pause_set_ahead_begins_and_ends_by_the_job():
    service = billed_service("1000.00")
    line = AccessFactory(subscription=service)
    move = planned_moves.plan_pause(
        subscription=service,
        wanted=Pause("CUSTOMER_REQUEST", False, date(2026, 1, 20), date(2026, 1, 25)),
        act=Act(None, moment(ON), on=ON, reason=WHY),
    )

    states = []
    for day in range(19, 27):
        on = date(2026, 1, day)
        planned_moves.run(on=on, at=moment(on))
        planned_moves.run(on=on, at=moment(on))
        line.refresh_from_db()
        states.append(line.desired_state)

    assert states == ["OPEN", *["WALLED"] * 5, "OPEN", "OPEN"]
    move.refresh_from_db()
    assert (move.status, CreditNote.objects.get().net_amount) == ("DONE", Decimal("161.29"))
    assert every_proof.broken() == []


def test_a_job_that_is_late_gives_the_same_money():
    service = billed_service("1000.00")
    AccessFactory(subscription=service)
    planned_moves.plan_pause(
        subscription=service,
        wanted=Pause("CUSTOMER_REQUEST", False, date(2026, 1, 20), date(2026, 1, 25)),
        act=Act(None, moment(ON), on=ON, reason=WHY),
    )

    planned_moves.run(on=date(2026, 1, 30), at=moment(date(2026, 1, 30)))

    assert CreditNote.objects.get().net_amount == Decimal("161.29")
    span = Suspension.objects.get().span
    assert (span.lower, span.upper) == (date(2026, 1, 20), date(2026, 1, 25))
    assert Access.objects.get().desired_state == "OPEN"
    assert every_proof.broken() == []


def test_two_pauses_never_overlap():
    service = billed_service("1000.00")
    values = {"subscription": service, "reason": WHY, "today": ON, "at": moment(ON), "actor": None}
    first = Pause("CUSTOMER_REQUEST", False, date(2026, 1, 20), date(2026, 1, 25))
    planned_moves.plan_pause(wanted=first, **acting(values))

    with pytest.raises(NotPlannable):
        planned_moves.plan_pause(
            wanted=Pause("TECHNICAL", False, date(2026, 1, 24), date(2026, 1, 28)), **acting(values)
        )

    planned_moves.withdraw(move=PlannedMove.objects.get(), act=Act(None, moment(ON), reason=WHY))
    planned_moves.plan_pause(wanted=first, **acting(values))


def test_ending_gives_the_unused_days_back():
    service = billed_service("1000.00")

    ended = end(service, ON)

    assert ended.invoice is None
    assert CreditNote.objects.get().net_amount == Decimal("838.71")
    assert owes(service) == Decimal("1150.00") - Decimal("964.52")
    held = InvoiceLine.objects.get().held_span
    assert held.upper == ON
    assert every_proof.broken() == []


def test_without_credit_the_billed_days_stay_billed():
    setting(credits_on_termination=False)
    service = billed_service("1000.00")

    end(service, ON)

    assert not CreditNote.objects.exists()
    assert owes(service) == Decimal("1150.00")


def test_the_last_days_and_the_fee_are_the_final_bill():
    setting(early_termination="FIXED", early_termination_amount=Decimal("500.00"))
    service = billed_service("1000.00", contract_ends_on=date(2026, 12, 31))

    invoice = end(service, date(2026, 2, 10)).invoice

    kinds = [(line.kind, line.net_amount) for line in invoice.lines.order_by("pk")]
    # 5 of the 28 days from 5 February
    assert (invoice.kind, kinds) == (
        "FINAL",
        [("PRORATA", Decimal("178.57")), ("TERMINATION", Decimal("500.00"))],
    )
    assert every_proof.broken() == []


def test_the_rest_of_the_contract_may_be_the_fee():
    setting(early_termination="REMAINING")
    service = billed_service("1000.00", contract_ends_on=date(2026, 4, 5))

    invoice = end(service, ON).invoice

    # 26 of 31 days, and two whole months
    assert invoice.subtotal_amount == Decimal("2838.71")
    assert owes(service) == Decimal("1150.00") - Decimal("964.52") + invoice.total_amount


def test_no_fee_once_the_contract_is_over():
    setting(early_termination="FIXED", early_termination_amount=Decimal("500.00"))
    service = billed_service("1000.00", contract_ends_on=ON)

    assert end(service, ON).invoice is None


def test_days_given_back_on_return_are_not_given_back_again_at_the_end():
    service = billed_service("1000.00")
    suspend(service, ON)
    bring_back(service, date(2026, 1, 15))

    end(service, date(2026, 1, 12), today=date(2026, 1, 15))

    # 10 and 11 January went back on return with 12 to 14; the end gives 15 January and after.
    assert sum(note.net_amount for note in CreditNote.objects.all()) == Decimal("838.71")
    assert every_proof.broken() == []


def test_ending_while_switched_off_gives_both_back():
    service = billed_service("1000.00")
    suspend(service, ON)

    end(service, date(2026, 1, 15))

    assert sum(note.net_amount for note in CreditNote.objects.all()) == Decimal("838.71")
    assert every_proof.broken() == []


def test_the_end_drops_what_waited_for_the_service():
    service, better = billed_service("1000.00"), priced_package("1500.00")
    change = asked(service, better, on=ON, at=moment(ON), effective="PERIOD_END")
    approved(change, on=ON, at=moment(ON))

    end(service, ON)

    change.refresh_from_db()
    assert change.status == "CANCELLED"


def test_an_end_set_ahead_comes_by_the_job():
    service = billed_service("1000.00")
    planned_moves.plan_termination(
        subscription=service, on=date(2026, 1, 20), act=Act(None, moment(ON), on=ON, reason=WHY)
    )

    planned_moves.run(on=date(2026, 1, 22), at=moment(date(2026, 1, 22)))

    service.refresh_from_db()
    assert (service.status, service.cancelled_on) == ("CANCELLED", date(2026, 1, 20))
    assert CreditNote.objects.get().net_amount == Decimal("516.13")
    assert every_proof.broken() == []


def test_a_pause_and_a_change_and_an_end_share_the_days_out():
    service, better = billed_service("1000.00"), priced_package("1500.00")
    suspend(service, ON)
    bring_back(service, date(2026, 1, 12))
    on = date(2026, 1, 20)
    approved(asked(service, better, on=on, at=moment(on)), on=on, at=moment(on))
    end(Subscription.objects.get(pk=service.pk), date(2026, 1, 25))

    kept = sum(line.net_amount for line in InvoiceLine.objects.all()) - sum(
        note.net_amount for note in CreditNote.objects.all()
    )
    # 5 to 9 and 12 to 19 January of the old package (13 days), 20 to 24 of the new one (5 days)
    assert kept == Decimal("419.35") + Decimal("241.94")
    assert Schedule.objects.get().billed_until == date(2026, 2, 5)
    assert Invoice.objects.filter(kind="CHANGE").count() == 1
    assert every_proof.broken() == []


def test_paying_while_being_suspended_ends_paid_and_open():
    from billing.receivables.services import settlement
    from tests.rivals import at_once

    service = billed_service("1000.00")
    AccessFactory(subscription=service)
    on = date(2026, 1, 12)

    def pay():
        settlement.settle(
            Asked(
                customer_id=service.customer.pk,
                amount=Decimal("1150.00"),
                method="CASH",
                received_by=None,
                received_at=moment(on),
                key="one",
                act=Act(None, moment(on)),
            )
        )
        return "paid"

    def cut():
        return str(suspend(service, on, kind="NON_PAYMENT").status)

    results = at_once(2, pay, cut)

    assert results[0] == "paid"
    service.refresh_from_db()
    assert (service.status, owes(service)) == ("ACTIVE", 0)
    assert every_proof.broken() == []


def test_settled_is_settled():
    service = billed_service("1000.00")
    suspend(service, ON)
    bring_back(service, date(2026, 1, 15))

    with transaction.atomic():
        again = returning.settle(
            subscription_ids=[service.pk],
            on=ON + timedelta(days=9),
            act=Act(None, moment(ON), reason=WHY),
        )

    assert (again, CreditNote.objects.count()) == ([], 1)


@pytest.mark.parametrize(
    ("back", "spans", "status"),
    [
        (date(2026, 1, 22), [(12, 22), (22, 25)], "DONE"),  # the rest of the pause is left
        (date(2026, 1, 28), [(12, 28)], "DONE"),  # nothing is
    ],
)
def test_a_late_job_takes_only_days_no_other_suspension_had(back, spans, status):
    service, other = billed_service("1000.00"), billed_service("1000.00")
    moves = [
        planned_moves.plan_pause(
            subscription=one,
            wanted=Pause("CUSTOMER_REQUEST", False, date(2026, 1, 20), date(2026, 1, 25)),
            act=Act(None, moment(ON), on=ON, reason=WHY),
        )
        for one in (service, other)
    ]
    suspend(service, date(2026, 1, 12), kind="TECHNICAL")
    bring_back(service, back)

    report = planned_moves.run(on=date(2026, 1, 30), at=moment(date(2026, 1, 30)))

    found = Suspension.objects.filter(subscription=service).order_by("span")
    assert [(one.span.lower.day, one.span.upper.day) for one in found] == spans
    moves[0].refresh_from_db()
    service.refresh_from_db()
    assert (moves[0].status, service.status) == (status, "ACTIVE")
    assert (report.stuck, Suspension.objects.filter(subscription=other).count()) == (0, 1)
    assert every_proof.broken() == []


REFUSE = """
    CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'refused' USING ERRCODE = 'check_violation';
    END $$;
    CREATE TRIGGER refuse_one BEFORE INSERT ON customers_suspension FOR EACH ROW
        WHEN (NEW.subscription_id = %s) EXECUTE FUNCTION refuse_one();
"""


def test_one_plan_the_database_refuses_holds_up_nobody_else():
    services = [billed_service("1000.00"), billed_service("1000.00")]
    for one in services:
        planned_moves.plan_pause(
            subscription=one,
            wanted=Pause("CUSTOMER_REQUEST", False, date(2026, 1, 20), date(2026, 1, 25)),
            act=Act(None, moment(ON), on=ON, reason=WHY),
        )
    on = date(2026, 1, 20)
    with database.owner_connection(autocommit=True) as owner:
        owner.execute(REFUSE % services[0].pk)
        try:
            report = planned_moves.run(on=on, at=moment(on))
        finally:
            owner.execute("DROP FUNCTION refuse_one CASCADE")

    assert (report.begun, report.stuck) == (1, 1)
    assert planned_moves.run(on=on, at=moment(on)).begun == 1


def test_a_run_waits_until_a_return_is_settled():
    """Or it would ask for the days switched off with the ones before them."""
    service = billed_service("1000.00")
    suspend(service, date(2026, 2, 10), kind="NON_PAYMENT")
    on = date(2026, 2, 15)
    paid(service.customer, "1150.00", at=moment(on))
    service.refresh_from_db()
    assert service.status == "ACTIVE"

    assert cycle.run(on=on, act=Act(None, moment(on))).run is None
    scope = cycle.scope_for(on=on, customers=[service.customer_id])
    assert [one.why for one in left_out.of(scope)] == ["RETURNED"]
    returning.settle_all(on=on, at=moment(on))
    cycle.run(on=on, act=Act(None, moment(on)))

    days = [(line.span.lower, line.span.upper) for line in InvoiceLine.objects.order_by("span")]
    assert days == [
        (date(2026, 1, 5), date(2026, 2, 5)),
        (date(2026, 2, 5), date(2026, 2, 10)),
        (date(2026, 2, 15), date(2026, 3, 5)),
    ]
    assert every_proof.broken() == []
