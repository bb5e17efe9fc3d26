"""What time does with a contract: told, renewed, ended; notice, taking back, what is deleted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.models import Contract
from contracts.rules import terms
from contracts.services import agreements, drafting, emptying, objecting, running, signing
from contracts.services.objecting import TooLateToObject
from contracts.services.signing import Origin
from customers.models import Customer
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from tests.factories import contracts as make
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _house(settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    setting(address="House 1, Dhaka")


def setting(**values):
    Company.objects.filter(pk=Company.current().pk).update(**values)
    Company.forget_cached()


def on(day, **more):
    return Act(None, datetime(day.year, day.month, day.day, 6, tzinfo=UTC), on=day, **more)


def fresh(contract):
    return Contract.objects.get(pk=contract.pk)


def in_force(**values):
    """A contract signed on 10 January 2026, twelve months from that day on."""
    return fresh(make.signed(**values))


def told(contract):
    return Message.objects.filter(event="contract_expiring", channel="SMS").count()


def test_it_is_in_force_once_its_day_has_come_and_the_service_is_in_use():
    service = SubscriptionFactory(status="PENDING", activated_on=None)
    contract = make.signed(service)
    assert contract.state == "SIGNED"
    assert running.begin_due(act=on(date(2026, 1, 11))) == 0
    trail.begin(act=on(date(2026, 1, 12), reason="switched on by a test"))
    service.status, service.activated_on = "ACTIVE", date(2026, 1, 12)
    service.save()
    assert [running.begin_due(act=on(date(2026, 1, 12))) for _again in range(2)] == [1, 0]
    assert fresh(contract).state == "ACTIVE"
    service.refresh_from_db()
    assert service.contract_ends_on == date(2027, 1, 10)


def test_reminded_on_days_three_seven_and_twelve_and_let_go_after_sixty():
    contract = make.sent()
    sent_on = date(2026, 1, 10)
    days = [days for days in range(1, 61) if running.remind(act=on(sent_on + timedelta(days=days)))]
    assert days == [3, 7, 12]
    assert running.lapse(act=on(sent_on + timedelta(days=59))) == 0
    assert running.lapse(act=on(sent_on + timedelta(days=60))) == 1
    assert (fresh(contract).state, fresh(contract).link_digest) == ("LAPSED", "")


def test_told_sixty_and_thirty_days_before_and_never_twice():
    contract = in_force()
    days = [
        days
        for days in range(70, 0, -1)
        for _again in range(2)
        if running.tell(act=on(contract.ends_on - timedelta(days=days)))
    ]
    assert days == [60, 30]
    assert told(contract) == 2


def test_in_south_africa_told_between_eighty_and_forty_business_days_before():
    setting(phone_region="ZA")
    contract = in_force()
    first, last = terms.telling_on(contract.ends_on, country="ZA")
    assert (first, last) == (date(2026, 9, 21), date(2026, 11, 16))
    assert running.tell(act=on(first - timedelta(days=1))) == 0
    assert running.tell(act=on(first)) == 1
    assert running.tell(act=on(last - timedelta(days=1))) == 0
    assert running.tell(act=on(last)) == 1


@pytest.mark.parametrize(
    ("renewal", "is_delivered", "state", "ends_on", "is_monthly"),
    [
        ("NONE", True, "EXPIRED", date(2027, 1, 10), False),
        ("MONTHLY", True, "ACTIVE", date(2027, 2, 10), True),
        ("TERM", True, "ACTIVE", date(2028, 1, 10), False),
        ("TERM", False, "ACTIVE", date(2027, 2, 10), True),
    ],
)
def test_when_the_term_is_over(renewal, is_delivered, state, ends_on, is_monthly):
    contract = in_force(renewal=renewal, fee="FIXED", fee_amount=Decimal(500))
    running.tell(act=on(date(2026, 11, 11)))
    if is_delivered:
        Message.objects.filter(event="contract_expiring").update(state="DELIVERED")
    over = on(date(2027, 1, 10))
    assert running.end_terms(act=on(date(2027, 1, 9))) == 0
    assert [running.end_terms(act=over), running.end_terms(act=over)] == [1, 0]
    contract = fresh(contract)
    assert (contract.state, contract.ends_on, contract.is_monthly) == (state, ends_on, is_monthly)
    assert Message.objects.filter(event="contract_renewed").exists() == (state == "ACTIVE")
    contract.subscription.refresh_from_db()
    is_free = contract.subscription.contract_ends_on is None
    assert is_free == (state == "EXPIRED")


def test_late_by_half_a_year_it_goes_month_by_month_as_day_by_day():
    contract = in_force()
    running.end_terms(act=on(date(2027, 7, 1)))
    assert fresh(contract).ends_on == date(2027, 7, 10)
    assert Message.objects.filter(event="contract_renewed", channel="SMS").count() == 1


def test_notice_against_renewal_counts_until_its_last_day_and_then_it_ends_with_its_term():
    contract = in_force(renewal="TERM")
    assert objecting.last_day(contract) == date(2026, 12, 11)
    with pytest.raises(TooLateToObject, match="11 Dec"):
        objecting.object_to_renewal(contract=contract, act=on(date(2026, 12, 12)))
    objecting.object_to_renewal(
        contract=contract, act=on(date(2026, 12, 11), reason="a letter of today")
    )
    with pytest.raises(TooLateToObject):
        objecting.object_to_renewal(contract=contract, act=on(date(2026, 12, 11)))
    running.end_terms(act=on(date(2027, 1, 10)))
    contract = fresh(contract)
    assert (contract.state, contract.ended_on) == ("EXPIRED", date(2027, 1, 10))
    assert contract.subscription.status == "ACTIVE"


@pytest.mark.parametrize(
    ("kind", "device", "until"),
    [
        ("RESIDENTIAL", "LINK", date(2026, 1, 18)),
        ("RESIDENTIAL", "FIELD", None),
        ("BUSINESS", "LINK", None),
    ],
)
def test_taking_back_is_for_private_people_who_signed_at_a_distance(kind, device, until):
    contract = make.sent(
        SubscriptionFactory(customer=CustomerFactory(kind=Customer.Kind(kind))), cooling_off_days=7
    )
    at = make.TENTH + timedelta(hours=1)
    signing.ask_code(contract=contract, hand=make.hand(), ip="", act=Act(None, at))
    signing.confirm(
        contract=contract,
        code=make.code_of(contract),
        origin=Origin(device, "", ""),
        act=Act(None, at),
    )
    contract.subscription.refresh_from_db()
    assert contract.subscription.contract_terms.cooling_off_until == until


def test_an_amendment_is_signed_alike_and_supersedes_the_old():
    first = in_force()
    assert first.state == "ACTIVE"
    second = drafting.draw_up(
        service=first.subscription,
        version=first.version,
        starts_on=date(2026, 1, 10),
        act=Act(UserFactory(), make.TENTH),
    )
    assert second.supersedes == first
    second = drafting.send(contract=second, act=Act(None, make.TENTH))
    at = make.TENTH + timedelta(hours=3)
    signing.ask_code(contract=second, hand=make.hand(), ip="", act=Act(None, at))
    signing.confirm(
        contract=second, code=make.code_of(second), origin=Origin("LINK", "", ""), act=Act(None, at)
    )
    first, second = fresh(first), fresh(second)
    assert (first.state, first.cause, second.state) == ("TERMINATED", "SUPERSEDED", "ACTIVE")


def test_who_takes_a_contract_over_signs_the_rest_of_it():
    old = in_force()
    service = SubscriptionFactory()
    draft = drafting.draw_up(
        service=service,
        version=old.version,
        starts_on=date(2026, 5, 1),
        act=Act(UserFactory(), make.TENTH),
        rest_of=old,
    )
    assert (draft.ends_on, draft.minimum_until) == (old.ends_on, old.minimum_until)
    sent = drafting.send(contract=draft, act=Act(None, make.TENTH))
    assert "09 Jan 2027" in sent.html or "9 Jan 2027" in sent.html
    assert "254 days" in sent.html
    with pytest.raises(DomainError, match="Nothing is left"):
        drafting.draw_up(
            service=service,
            version=old.version,
            starts_on=old.ends_on,
            act=Act(UserFactory(), make.TENTH),
            rest_of=old,
        )


def test_what_nobody_signed_goes_after_half_a_year_and_what_was_signed_stays(settings):
    signed, lapsed, draft = (
        in_force(),
        make.sent(made=make.agreement(name="b")),
        make.draft(made=make.agreement(name="c")),
    )
    file = Path(settings.MEDIA_ROOT) / lapsed.path
    assert file.exists()
    gone_on = date(2026, 3, 11)
    running.lapse(act=on(gone_on))
    assert emptying.empty_old(act=on(date(2026, 7, 8))) == 0
    assert emptying.empty_old(act=on(date(2026, 7, 10))) == 1  # the draft, 181 days old
    late = on(gone_on + timedelta(days=181))
    assert [emptying.empty_old(act=late), emptying.empty_old(act=late)] == [1, 0]
    lapsed, draft, signed = fresh(lapsed), fresh(draft), fresh(signed)
    assert (lapsed.html, lapsed.path, file.exists()) == ("", "", False)
    assert (draft.state, draft.emptied_at is not None) == ("VOID", True)
    assert signed.html
    assert (Path(settings.MEDIA_ROOT) / signed.path).exists()


def test_the_law_of_south_africa_limits_a_private_term_to_two_years():
    setting(phone_region="ZA")
    with pytest.raises(DomainError, match="24 months"):
        make.agreement(term_months=25)
    make.agreement(kind="BUSINESS", name="firm", term_months=36)
    version = agreements.newest(make.agreement(name="home", term_months=24))
    assert version.term_months == 24
