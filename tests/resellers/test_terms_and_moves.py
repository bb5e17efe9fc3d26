"""Onboarding, plans, months in tiers, and customers who move."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest

from customers.models import Customer
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.queries import proofs
from payments.desk.services import reversing
from resellers.models import Commission, PriceLimit, ResellerAssignment
from resellers.queries import own, own_customers
from resellers.rules.tiers import Tier
from resellers.services import months, moving, onboarding, terms
from resellers.services.moving import MoveRefused
from resellers.services.onboarding import Details, NotReady, StillOpen, WrongState
from resellers.services.terms import OutsideLimits, Plan, PlanRefused
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, PackageFactory
from tests.factories.payments import paid
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = "agreed with the partner in the office"


def act(at=AT, reason=WHY):
    return Act(UserFactory(role="OWNER"), at, reason=reason)


def seen_by(user):
    """The customers somebody's pages may see, by their own condition and by the database's."""
    reach = own_customers.reach(user)
    ids = sorted(reach if isinstance(reach, list) else reach.ids)
    with rls.as_portal(reach):
        assert sorted(Customer.objects.values_list("pk", flat=True)) == ids
    return ids


def applied(**values):
    details = {
        "name": "Uttara Links",
        "phone": "+8801711000077",
        "email": "u@links.test",
        "branch": BranchFactory(),
        "kind": "PREPAID",
        "commission_rate": D("0.10"),
        **values,
    }
    return onboarding.apply(details=Details(**details), act=act())


def test_a_reseller_signs_in_once_it_has_an_area_and_a_payout_account():
    bare = applied()
    with pytest.raises(NotReady, match="an area, a payout account"):
        onboarding.activate(reseller=bare, act=act())

    bare.areas.add(AreaFactory())
    onboarding.limit(reseller=bare, values={"payout_account": "bKash 017"}, act=act())
    active = onboarding.activate(reseller=bare, act=act())

    assert (active.status, active.user.role) == ("ACTIVE", "RESELLER")
    assert own.login_of(active.user).may_collect
    with pytest.raises(WrongState):
        onboarding.activate(reseller=active, act=act())


def test_a_reseller_with_customers_is_not_closed():
    reseller = ResellerFactory()
    customer = CustomerFactory(reseller_id=reseller.pk)

    with pytest.raises(StillOpen, match="customers"):
        onboarding.close(reseller=reseller, act=act())
    moving.move(customer_ids=[customer.pk], to=None, first_day=AT.date(), act=act())

    assert onboarding.close(reseller=reseller, act=act()).status == "CLOSED"


def test_users_of_a_reseller_have_their_rights():
    reseller = ResellerFactory()
    area = AreaFactory()
    reseller.areas.add(area)
    near = CustomerFactory(reseller_id=reseller.pk, area=area)
    far = CustomerFactory(reseller_id=reseller.pk)

    people = {
        rights: onboarding.add_user(
            reseller=reseller, name=rights, email=f"{rights}@r.test", rights=rights, act=act()
        ).user
        for rights in ("CASHIER", "COLLECTOR", "VIEWER")
    }

    assert {r: own.login_of(user).may_collect for r, user in people.items()} == {
        "CASHIER": True,
        "COLLECTOR": True,
        "VIEWER": False,
    }
    assert not own.login_of(people["CASHIER"]).may_move_money
    assert seen_by(people["COLLECTOR"]) == [near.pk]
    assert seen_by(people["VIEWER"]) == [near.pk, far.pk]


def test_who_has_the_customer_on_the_day_money_arrives_earns():
    old, new = ResellerFactory(), ResellerFactory()
    customer = CustomerFactory(reseller_id=old.pk)
    moving.move(
        customer_ids=[customer.pk],
        to=new,
        first_day=date(2026, 1, 12),
        act=act(),
        is_confirmed=True,
    )

    before = paid(customer, "1000.00", at=AT + timedelta(days=1))
    after = paid(customer, "1000.00", at=AT + timedelta(days=2))

    assert Customer.objects.get().reseller_id == old.pk
    assert Commission.objects.get(payment=before).reseller == old
    assert Commission.objects.get(payment=after).reseller == new
    assert moving.apply_due(act=act(AT + timedelta(days=2))) == 1
    assert moving.apply_due(act=act(AT + timedelta(days=2))) == 0
    assert seen_by(old.user) == []
    assert seen_by(new.user) == [customer.pk]
    reversing.reverse(payment=before, act=act(AT + timedelta(days=3)))
    assert Commission.objects.get(payment=before).status == "REVERSED"
    assert proofs.check_all() == []


def test_customers_move_today_or_later_to_somebody_who_works():
    reseller = ResellerFactory(status="SUSPENDED")
    customer = CustomerFactory()
    ids = [customer.pk]

    with pytest.raises(MoveRefused):
        moving.move(customer_ids=ids, to=None, first_day=date(2026, 1, 9), act=act())
    with pytest.raises(MoveRefused):
        moving.move(
            customer_ids=ids, to=reseller, first_day=date(2026, 1, 10), act=act(), is_confirmed=True
        )

    other = ResellerFactory()
    assert (
        moving.move(
            customer_ids=ids, to=other, first_day=date(2026, 1, 10), act=act(), is_confirmed=True
        )
        == 1
    )
    assert (
        moving.move(
            customer_ids=ids, to=other, first_day=date(2026, 1, 10), act=act(), is_confirmed=True
        )
        == 0
    )
    assert ResellerAssignment.objects.get().during.lower == date(2026, 1, 10)


def test_a_plan_counts_from_its_day_and_a_cap_holds():
    reseller = ResellerFactory()
    customer = CustomerFactory(reseller_id=reseller.pk)
    terms.plan(
        reseller=reseller,
        plan=Plan(kind="PERCENT", rate=D("0.20"), cap_per_payment=D("150.00")),
        effective_from=date(2026, 1, 11),
        act=act(),
    )

    amounts = [
        Commission.objects.get(
            payment=paid(customer, "1000.00", at=AT + timedelta(days=days))
        ).amount
        for days in (0, 1)
    ]

    assert amounts == [D("100.00"), D("150.00")]
    with pytest.raises(PlanRefused):
        terms.plan(
            reseller=reseller,
            plan=Plan(kind="PERCENT", rate=D("0.20")),
            effective_from=date(2026, 1, 9),
            act=act(),
        )


def test_a_month_in_tiers_is_closed_once_and_corrected():
    Company.current()
    reseller = ResellerFactory()
    customer = CustomerFactory(reseller_id=reseller.pk)
    steps = [Tier(D(0), D("0.05")), Tier(D(50000), D("0.07")), Tier(D(100000), D("0.10"))]
    terms.plan(
        reseller=reseller,
        plan=Plan(kind="TIER", rate=D("0.05"), tiers=steps),
        effective_from=AT.date(),
        act=act(),
    )
    paid(customer, "90000.00", at=AT)
    last = paid(customer, "30000.00", at=AT + timedelta(days=1))

    assert months.close(act=act(datetime(2026, 2, 2, 4, 0, tzinfo=UTC))) == 0
    third = act(datetime(2026, 2, 3, 4, 0, tzinfo=UTC))
    assert (months.close(act=third), months.close(act=third)) == (1, 0)
    bonus = Commission.objects.get(kind="BONUS")
    assert (bonus.base_amount, bonus.amount) == (D("120000.00"), D("2000.00"))

    reversing.reverse(payment=last, act=third)
    assert (months.correct(act=third), months.correct(act=third)) == (1, 0)
    bonus.refresh_from_db()
    assert bonus.worth == D("800.00")
    assert proofs.check_all() == []


def test_a_resellers_own_price_lies_between_the_agreed_bounds():
    reseller, package = ResellerFactory(), PackageFactory()
    price = {"reseller": reseller, "package": package, "listed": D("1000.00")}

    for wanted in ("999.99", "1250.01"):
        with pytest.raises(OutsideLimits):
            terms.check_price(**price, wanted=D(wanted))
    terms.price(
        reseller=reseller, package=package, buy=D("800.00"), floor=None, ceiling=None, act=act()
    )

    assert terms.check_price(**price, wanted=D("800.00")).ceiling == D("1250.00")
    assert PriceLimit.objects.get().buy_amount == D("800.00")
