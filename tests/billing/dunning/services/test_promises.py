"""Promises to pay, and customers that are never cut off."""

from datetime import date, timedelta

import pytest

from billing.dunning.queries import dunning
from billing.dunning.services import promises
from billing.dunning.services.promises import PromiseRefused
from customers.models import AccountState
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.customers import SubscriptionFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 12)
WHY = "salary comes on the day"


@pytest.fixture
def debtor():
    subscription = SubscriptionFactory()
    open_invoice(subscription.customer)
    return subscription.customer


def promise(customer, at, *, until=date(2026, 1, 15), reason=WHY, actor=None):
    return promises.promise(
        customer=customer, until=until, act=Act(actor, at, on=ON, reason=reason)
    )


def test_a_promise_keeps_the_line_open_until_it_is_over(at, debtor):
    assert dunning.judge(on=ON)[0].is_to_be_cut

    promise(debtor, at, actor=UserFactory())

    last, next_day = (dunning.judge(on=day)[0] for day in (date(2026, 1, 15), date(2026, 1, 16)))
    assert (last.decision.reason, next_day.decision.action) == ("promised", "suspend")
    event = AuditEvent.objects.get(action="promise.made")
    assert (event.reason, event.after) == (WHY, {"promised_until": "2026-01-15"})


@pytest.mark.parametrize("until", [ON - timedelta(days=1), ON + timedelta(days=31)])
def test_a_promise_runs_from_today_to_thirty_days_ahead(at, debtor, until):
    with pytest.raises(PromiseRefused):
        promise(debtor, at, until=until)


def test_thirty_days_ahead_are_allowed(at, debtor):
    assert promise(debtor, at, until=ON + timedelta(days=30)).promised_until == date(2026, 2, 11)


def test_who_owes_nothing_has_nothing_to_promise(at):
    with pytest.raises(PromiseRefused):
        promise(SubscriptionFactory().customer, at)


def test_a_promise_needs_a_reason(at, debtor):
    with pytest.raises(ReasonMissing):
        promise(debtor, at, reason="later")


def test_a_promise_withdrawn_counts_no_more(at, debtor):
    promise(debtor, at)

    promises.withdraw(customer=debtor, act=Act(None, at, reason=WHY))
    promises.withdraw(customer=debtor, act=Act(None, at, reason=WHY))

    assert AccountState.objects.get().promised_until is None
    assert AuditEvent.objects.filter(action="promise.withdrawn").count() == 1


def test_an_excluded_customer_is_never_cut_until_put_back(at, debtor):
    values = {"customer": debtor, "reason": WHY, "at": at, "actor": None}
    promises.never_suspend(is_never=True, **acting(values))
    assert not dunning.judge(on=ON)[0].is_to_be_cut

    promises.never_suspend(is_never=False, **acting(values))
    promises.never_suspend(is_never=False, **acting(values))

    assert dunning.judge(on=ON)[0].is_to_be_cut
    actions = AuditEvent.objects.filter(action__startswith="customer.").order_by("pk")
    assert [event.action for event in actions] == [
        "customer.excluded_from_suspension",
        "customer.may_be_suspended",
    ]
