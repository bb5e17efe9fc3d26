"""A contract renewed by hand: another term, because its customer asks for it."""

from datetime import UTC, date, datetime

import pytest

from billing.dunning.models import Holiday
from contracts.models import Contract
from contracts.services import objecting, renewal, running
from contracts.services.renewal import NotRenewable
from ispbill.audit.models import AuditEvent
from ispbill.audit.services.trail import ReasonMissing
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from tests.factories import contracts as make
from tests.factories.accounts import BranchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    Company.objects.filter(pk=Company.current().pk).update(address="House 1, Dhaka")
    Company.forget_cached()


def on(day, reason="asked for by phone"):
    return Act(None, datetime(day.year, day.month, day.day, 6, tzinfo=UTC), on=day, reason=reason)


def fresh(contract):
    return Contract.objects.get(pk=contract.pk)


def test_from_sixty_days_before_its_end_it_goes_on_for_another_term_and_the_customer_is_told():
    contract = make.signed()
    with pytest.raises(NotRenewable, match="60 days"):
        renewal.renew(contract=contract, act=on(date(2026, 11, 10)))

    renewal.renew(contract=contract, act=on(date(2026, 11, 11)))

    contract = fresh(contract)
    assert (contract.ends_on, contract.minimum_until) == (date(2028, 1, 10), date(2027, 1, 10))
    assert contract.renewed_times == 1
    assert Message.objects.filter(event="contract_renewed", channel="SMS").count() == 1
    event = AuditEvent.objects.get(action="contract.renewed")
    assert event.reason == "asked for by phone"
    assert (event.before, event.after) == ({"ends_on": "2027-01-10"}, {"ends_on": "2028-01-10"})


def test_it_needs_a_reason():
    with pytest.raises(ReasonMissing):
        renewal.renew(contract=make.signed(), act=on(date(2026, 12, 1), reason=""))


def test_who_renews_by_an_old_page_renews_nothing_twice():
    contract = make.signed()
    seen = contract.ends_on
    renewal.renew(contract=contract, ends_on=seen, act=on(date(2026, 12, 1)))
    with pytest.raises(NotRenewable, match="meanwhile"):
        renewal.renew(contract=contract, ends_on=seen, act=on(date(2026, 12, 1)))
    assert fresh(contract).ends_on == date(2028, 1, 10)


def test_another_term_binds_again_only_where_the_contract_says_so():
    contract = make.signed(renewal_binds=True)
    renewal.renew(contract=contract, act=on(date(2026, 12, 1)))
    contract = fresh(contract)
    assert contract.minimum_until == date(2028, 1, 10)
    contract.subscription.refresh_from_db()
    assert contract.subscription.contract_ends_on == date(2028, 1, 10)


def test_a_notice_against_the_renewal_no_longer_counts():
    contract = make.signed(renewal="TERM")
    objecting.object_to_renewal(contract=contract, act=on(date(2026, 12, 1)))
    renewal.renew(contract=contract, act=on(date(2026, 12, 5)))
    running.end_terms(act=on(date(2027, 1, 10)))
    contract = fresh(contract)
    assert (contract.state, contract.objected_on) == ("ACTIVE", None)


def test_one_that_goes_on_month_by_month_gets_a_term_again():
    contract = make.signed()
    running.end_terms(act=on(date(2027, 3, 1)))
    assert fresh(contract).is_monthly
    renewal.renew(contract=contract, act=on(date(2027, 3, 1)))
    contract = fresh(contract)
    assert (contract.ends_on, contract.is_monthly) == (date(2028, 3, 10), False)


def test_what_is_not_in_force_is_not_renewed():
    with pytest.raises(NotRenewable):
        renewal.renew(contract=make.sent(), act=on(date(2026, 12, 1)))


def test_notice_in_business_days_follows_the_companys_week_and_the_holidays_of_the_branch():
    contract = make.signed(renewal="TERM", notice_count=5, notice_unit="BUSINESS_DAYS")
    assert objecting.last_day(contract) == date(2027, 1, 4)  # the term is over on Sun 10 Jan
    Company.objects.update(rest_weekdays=[4, 5])
    Company.forget_cached()
    assert objecting.last_day(contract) == date(2027, 1, 3)
    Holiday.objects.create(day=date(2027, 1, 6), name="Strike", branch=contract.branch)
    assert objecting.last_day(contract) == date(2026, 12, 31)
    Holiday.objects.create(day=date(2027, 1, 5), name="Elsewhere", branch=BranchFactory())
    assert objecting.last_day(contract) == date(2026, 12, 31)
