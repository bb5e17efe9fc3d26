"""Granting, redeeming and ending discounts, and what the database refuses about them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import DateRange

from billing.changes.services import service_states
from billing.invoices.models import Invoice
from billing.pricing.models import Discount, Promotion
from billing.pricing.services import discounts, promotions
from billing.pricing.services.discounts import AlreadyOver, Given, NoSuchCode, NotGrantable
from billing.pricing.services.promotions import Offer, PromotionRefused
from billing.run.services import cycle
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from tests.billing.receivables.services.test_rivals import rivals
from tests.database import owner_connection
from tests.factories.billing import scheduled
from tests.factories.catalogue import DiscountFactory, PromotionFactory
from tests.factories.customers import CustomerFactory, PackageFactory, SubscriptionFactory
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
WHY = "agreed on the phone"


def in_use(billed_until=date(2026, 2, 5), **values):
    subscription = SubscriptionFactory(**values)
    scheduled(subscription, billed_until=billed_until)
    return subscription


def grant(subscription, promotion, at, reason=WHY):
    return discounts.grant(
        subscription=subscription, promotion=promotion, act=Act(None, at, on=ON, reason=reason)
    )


def revoke(discount, at, on=ON):
    return discounts.revoke(discount=discount, act=Act(None, at, on=on, reason=WHY))


def test_n_periods_are_counted_from_the_first_day_not_billed(at):
    discount = grant(in_use(), PromotionFactory(cycles=3), at)

    assert discount.span == DateRange(date(2026, 2, 5), date(2026, 5, 5))
    assert AuditEvent.objects.get(action="discount.granted").reason == WHY


def test_the_next_n_bills_are_reduced_and_the_one_after_is_not(at):
    subscription = in_use()
    grant(subscription, PromotionFactory(cycles=2, rate=Decimal("0.25")), at)

    for day in (date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)):
        cycle.run(on=day, act=Act(None, at))

    nets = list(Invoice.objects.order_by("pk").values_list("subtotal_amount", flat=True))
    assert nets == [Decimal("750.00"), Decimal("750.00"), Decimal("1000.00")]
    assert at_once.broken() == []


def test_an_offers_own_last_day_ends_it_earlier(at):
    discount = grant(in_use(), PromotionFactory(cycles=12, ends_on=date(2026, 3, 1)), at)

    assert discount.span.upper == date(2026, 3, 1)
    with pytest.raises(NotGrantable, match="No day"):
        grant(in_use(), PromotionFactory(ends_on=date(2026, 2, 5)), at)


@pytest.mark.parametrize(
    ("offer", "word"),
    [
        ({"valid_from": date(2026, 1, 11)}, "does not run"),
        ({"valid_until": date(2026, 1, 9)}, "is over"),
        ({"is_for_new_only": True}, "new customers"),
        ({"max_grants": 0}, "as often"),
    ],
)
def test_an_offer_is_granted_only_as_it_says(at, offer, word):
    with pytest.raises(NotGrantable, match=word):
        grant(in_use(), PromotionFactory(**offer), at)

    assert Discount.objects.count() == 0


def test_an_offer_for_some_packages_is_not_for_others(at):
    promotion, wanted = PromotionFactory(), PackageFactory()
    promotion.packages.add(wanted)

    with pytest.raises(NotGrantable):
        grant(in_use(), promotion, at)
    assert grant(in_use(package=wanted), promotion, at).promotion == promotion


def test_a_service_has_an_offer_once_and_a_cancelled_one_has_none(at):
    subscription, promotion = in_use(), PromotionFactory()
    grant(subscription, promotion, at)
    over = SubscriptionFactory(status="CANCELLED", cancelled_on=ON)

    for service in (subscription, over):
        with pytest.raises(NotGrantable):
            grant(service, promotion, at)


def test_no_discount_without_a_reason(at):
    with pytest.raises(ReasonMissing):
        grant(in_use(), PromotionFactory(), at, reason="short")


def test_a_code_is_redeemed_in_any_case_of_letters(at):
    promotion = PromotionFactory(code="EID26")

    discount = discounts.redeem(subscription=in_use(), code=" eid26 ", act=Act(None, at, on=ON))

    assert (discount.promotion, discount.label) == (promotion, "Welcome")


@pytest.mark.parametrize("code", ["", "NOPE", "GONE"])
def test_an_unknown_code_is_no_offer(at, code):
    PromotionFactory(code="GONE", archived_at=at)
    PromotionFactory(code=None)

    with pytest.raises(NoSuchCode):
        discounts.redeem(subscription=in_use(), code=code, act=Act(None, at, on=ON))


def test_two_who_want_the_last_grant_get_one(at):
    promotion = PromotionFactory(max_grants=1)
    services = [in_use() for _n in range(6)]

    results, errors = rivals(6, lambda number: grant(services[number], promotion, at))

    assert len(results) == 1
    assert [type(error).__name__ for error in errors] == ["NotGrantable"] * 5
    assert Discount.objects.count() == 1


def test_the_database_counts_grants_too(at):
    promotion = PromotionFactory(max_grants=1)
    DiscountFactory(promotion=promotion)

    with pytest.raises(IntegrityError, match="as often as it may be"):
        DiscountFactory(promotion=promotion)


def without(trigger, table="billing_discount"):
    """Take one guard away for a block."""

    class Off:
        def __enter__(self):
            with owner_connection(autocommit=True) as owner:
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")

        def __exit__(self, *_error):
            with owner_connection(autocommit=True) as owner:
                owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")

    return Off()


def one_too_many():
    promotion = PromotionFactory(max_grants=1)
    DiscountFactory(promotion=promotion)
    DiscountFactory(promotion=promotion)


def of_another_customer():
    DiscountFactory(customer=CustomerFactory())


def made_larger():
    DiscountFactory()
    Discount.objects.update(rate=Decimal("0.5"))


def made_longer():
    DiscountFactory(span=DateRange(date(2026, 1, 1), date(2026, 2, 1)))
    Discount.objects.update(span=DateRange(date(2026, 1, 1), date(2026, 3, 1)))


def removed_after_a_bill():
    DiscountFactory(subscription=in_use())
    Discount.objects.all().delete()


GUARDS = [
    (one_too_many, "promotion_limit"),
    (of_another_customer, "own_service"),
    (made_larger, "discount_frozen"),
    (made_longer, "discount_frozen"),
    (removed_after_a_bill, "discount_frozen"),
]


@pytest.mark.parametrize(("wrong", "_guard"), GUARDS)
def test_the_database_refuses(wrong, _guard):
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong()


@pytest.mark.without_guards
@pytest.mark.parametrize(("wrong", "guard"), GUARDS)
def test_without_the_guard_it_would_be_taken(wrong, guard):
    with without(guard):
        wrong()


def test_revoking_ends_it_at_the_next_day_not_billed(at):
    subscription = in_use()
    discount = grant(subscription, PromotionFactory(rate=Decimal("0.5")), at)
    cycle.run(on=date(2026, 2, 1), act=Act(None, at))

    revoke(discount, at, on=date(2026, 2, 10))
    cycle.run(on=date(2026, 3, 1), act=Act(None, at))

    discount.refresh_from_db()
    assert discount.span == DateRange(date(2026, 2, 5), date(2026, 3, 5))
    nets = list(Invoice.objects.order_by("pk").values_list("subtotal_amount", flat=True))
    assert nets == [Decimal("500.00"), Decimal("1000.00")]
    with pytest.raises(AlreadyOver):
        revoke(discount, at, on=date(2026, 2, 10))


def test_revoking_what_no_bill_has_seen_takes_it_away(at):
    promotion = PromotionFactory(max_grants=1)
    discount = grant(in_use(), promotion, at)

    assert revoke(discount, at) is None
    assert AuditEvent.objects.filter(action="discount.revoked").count() == 1
    assert grant(in_use(), promotion, at).promotion == promotion


def test_a_discount_of_its_own_is_an_amount_until_a_day(at):
    given = Given("Neighbour", amount=Decimal("100.00"), ends_on=date(2026, 4, 5))

    discount = discounts.grant_own(
        subscription=in_use(), given=given, act=Act(None, at, on=ON, reason=WHY)
    )

    assert discount.span == DateRange(date(2026, 2, 5), date(2026, 4, 5))
    assert (discount.amount, discount.promotion) == (Decimal("100.00"), None)


@pytest.mark.parametrize("is_own", [True, False])
def test_a_waiting_services_periods_are_counted_from_its_first_day(at, is_own):
    subscription = SubscriptionFactory(status="PENDING", activated_on=None)
    if is_own:
        given = Given("Welcome", rate=Decimal("0.10"), cycles=2)
        discount = discounts.grant_own(
            subscription=subscription, given=given, act=Act(None, at, on=ON, reason=WHY)
        )
    else:
        promotion = PromotionFactory(cycles=2, is_for_new_only=True)
        discount = grant(subscription, promotion, at)
    assert discount.span == DateRange(ON, date(2026, 4, 5))

    first = service_states.activate(
        subscription=subscription, on=date(2026, 3, 5), act=Act(None, at, reason=WHY)
    )

    discount.refresh_from_db()
    assert discount.span == DateRange(date(2026, 3, 5), date(2026, 5, 5))
    assert first.subtotal_amount == Decimal("900.00")


def test_an_offer_is_kept_with_its_packages_and_its_code_in_capitals(at):
    package = PackageFactory()
    offer = Offer(name="Eid", code="eid26", rate=Decimal("0.2"), valid_from=ON)

    row = promotions.save(promotion=Promotion(), offer=offer, packages=[package], act=Act(None, at))

    assert (row.code, list(row.packages.all())) == ("EID26", [package])
    with pytest.raises(PromotionRefused):
        promotions.save(promotion=Promotion(), offer=offer, packages=[], act=Act(None, at))
    assert promotions.switch(promotion=row, act=Act(None, at)).archived_at == at
    assert promotions.switch(promotion=row, act=Act(None, at)).archived_at is None


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"rate": Decimal("0.1"), "amount": Decimal(1)},
        {"rate": Decimal("1.1")},
        {"amount": Decimal(0)},
        {"rate": Decimal("0.1"), "cycles": 0},
        {"rate": Decimal("0.1"), "valid_until": date(2026, 1, 9)},
    ],
)
def test_an_offer_that_makes_no_sense_is_refused(at, wrong):
    with pytest.raises(PromotionRefused):
        promotions.save(
            promotion=Promotion(),
            offer=Offer(name="x", valid_from=ON, **wrong),
            packages=[],
            act=Act(None, at),
        )
