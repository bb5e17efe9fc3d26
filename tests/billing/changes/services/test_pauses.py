"""A pause asked for in the portal: shown, asked, decided once, and then planned like any other."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError

from billing.changes.models import PauseRequest, PlannedMove
from billing.changes.queries import pauses as queries
from billing.changes.services import pauses, planned_moves, termination
from billing.changes.services.pauses import AlreadyAsked, AlreadyDecided, RuleChanged
from billing.changes.services.planned_moves import NotPlannable
from billing.invoices.models import CreditNote
from customers.models import Subscription, Suspension
from ispbill.audit.models import AuditEvent
from ispbill.audit.services.trail import ReasonMissing
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.changes import PauseRequestFactory, billed_service
from tests.factories.network import AccessFactory
from tests.laws import at_once as every_proof
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 8)
AT = datetime(2026, 1, 8, 4, 0, tzinfo=UTC)
START, BACK = date(2026, 1, 10), date(2026, 1, 15)


@pytest.fixture
def service():
    service = billed_service("1000.00")
    AccessFactory(subscription=service)
    return service


def ask(service, start=START, until=BACK, note="wedding in Sylhet"):
    return pauses.request(
        subscription=service, start=start, until=until, note=note, on=ON, at=AT, requested_by=None
    )


def approve(row, note=""):
    return pauses.approve(request=row, note=note, act=Act(UserFactory(), AT, on=ON))


def test_what_is_shown_beforehand_is_what_comes_back(service):
    row = ask(service)
    approve(row)
    for day in (START, BACK):
        planned_moves.run(on=day, at=datetime(day.year, day.month, day.day, 4, tzinfo=UTC))

    # 10 to 14 January: 5 of 31 days
    assert row.credit_amount == CreditNote.objects.get().total_amount == Decimal("185.48")
    assert Suspension.objects.get().span.lower == START
    assert Subscription.objects.get().status == "ACTIVE"
    assert every_proof.broken() == []


def test_asking_changes_nothing_but_the_request(service):
    ask(service)

    assert not PlannedMove.objects.exists()
    assert AuditEvent.objects.get(action="pause.requested").after["credit"] == "185.48"
    assert list(queries.waiting()) == [PauseRequest.objects.get()]


def test_days_that_are_not_billed_yet_bring_nothing_back(service):
    effect = queries.effect(service, start=date(2026, 2, 10), until=date(2026, 2, 20))

    assert (effect.credit, effect.days, effect.rule.is_credited) == (Decimal(0), 10, True)


def test_a_company_that_bills_pauses_gives_nothing_back(service):
    Company.current()
    Company.objects.update(suspension_rules={"CUSTOMER_REQUEST": {"is_billed": True}})
    Company.forget_cached()

    row = ask(service)

    assert (row.is_billed, row.is_credited, row.credit_amount) == (True, False, Decimal(0))


@pytest.mark.parametrize(
    ("start", "until"),
    [
        (ON, BACK),
        (date(2026, 1, 7), BACK),
        (START, START),
        (BACK, START),
        (START, date(2027, 2, 1)),
        (date(2027, 2, 1), date(2027, 2, 5)),
    ],
)
def test_days_that_cannot_be_are_refused(service, start, until):
    with pytest.raises(NotPlannable):
        ask(service, start=start, until=until)


def test_only_a_service_in_use_can_have_a_pause(service):
    termination.terminate(
        subscription=service, on=ON, act=Act(None, AT, on=ON, reason="moved to another town")
    )

    with pytest.raises(NotPlannable):
        ask(service)


def test_one_request_at_a_time(service):
    ask(service)

    with pytest.raises(AlreadyAsked):
        ask(service, start=date(2026, 2, 10), until=date(2026, 2, 12))


def test_days_that_are_planned_already_are_not_asked_for(service):
    approve(ask(service))

    with pytest.raises(AlreadyAsked):
        ask(service, start=date(2026, 1, 12), until=date(2026, 1, 20))


def test_eight_who_ask_at_once_ask_once(service):
    answers = at_once(8, lambda: ask(service))

    assert answers.count("AlreadyAsked") == 7
    assert PauseRequest.objects.count() == 1


def test_eight_who_approve_at_once_plan_once(service):
    row, chief = ask(service), UserFactory()

    answers = at_once(8, lambda: pauses.approve(request=row, note="", act=Act(chief, AT, on=ON)))

    assert answers.count("AlreadyDecided") == 7
    assert PlannedMove.objects.count() == 1


def test_no_is_said_with_a_reason_and_told(service):
    row = ask(service)
    with pytest.raises(ReasonMissing):
        pauses.refuse(request=row, note="no", act=Act(UserFactory(), AT))

    pauses.refuse(request=row, note="the contract has begun", act=Act(UserFactory(), AT))

    row.refresh_from_db()
    assert (row.status, row.decision_note) == ("REFUSED", "the contract has begun")
    assert Message.objects.filter(event="pause_refused").exists()
    with pytest.raises(AlreadyDecided):
        approve(row)


def test_yes_is_told_with_the_days(service):
    approve(ask(service))

    context = Message.objects.filter(event="pause_approved").first().context
    assert context["period"] == "2026-01-10/2026-01-15"


def test_a_rule_that_has_changed_since_is_not_slipped_in(service):
    row = ask(service)
    Company.objects.update(suspension_rules={"CUSTOMER_REQUEST": {"is_billed": True}})
    Company.forget_cached()

    with pytest.raises(RuleChanged):
        approve(row)

    assert not PlannedMove.objects.exists()


def test_a_day_gone_by_is_not_approved_any_more(service):
    row = ask(service)

    with pytest.raises(NotPlannable):
        pauses.approve(request=row, note="", act=Act(UserFactory(), AT, on=date(2026, 1, 11)))


def test_withdrawn_it_is_over(service):
    row = ask(service)
    pauses.withdraw(request=row, act=Act(UserFactory(), AT))

    with pytest.raises(AlreadyDecided):
        pauses.withdraw(request=row, act=Act(UserFactory(), AT))
    assert ask(service).is_open


def test_the_portal_s_own_role_writes_nothing_and_nobody_names_a_stranger_s_service(service):
    stranger = billed_service("500.00")
    own = [service.customer_id]
    with pytest.raises(DatabaseError, match="permission denied"), rls.as_portal(own):
        ask(service)
    with rls.as_portal(own), rls.as_house():
        row = ask(service)
    with pytest.raises(DatabaseError, match="permission denied"), rls.as_portal(own):
        PauseRequest.objects.filter(pk=row.pk).update(note="another word")
    with pytest.raises(IntegrityError, match="names a service of another customer"):
        PauseRequestFactory(subscription=stranger, customer=service.customer)
    with rls.as_portal(own), rls.as_house():
        pauses.withdraw(request=row, act=Act(UserFactory.build(pk=1, name="x"), AT))
    assert PauseRequest.objects.get(pk=row.pk).status == "WITHDRAWN"
