"""Everything that can happen to a customer while a billing run is at work, one deed each.

`DEEDS` maps a name to a function that prepares a customer with a service billed until 5 February
2026 and returns the deed itself, to be done on 29 January while a run bills February.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from psycopg.types.range import DateRange

from billing.models import PriceChange, Schedule
from billing.queries import new_terms
from billing.services import (
    addons,
    billing_terms,
    breaks,
    change_days,
    corrections,
    crediting,
    discounts,
    fees,
    invoicing,
    package_changes,
    parking,
    planned_moves,
    price_changes,
    promises,
    returning,
    service_states,
    standings,
    termination,
)
from billing.services.discounts import Given
from billing.services.planned_moves import Break
from billing.services.price_changes import Wanted
from customers.models import Subscription
from customers.services import bulk, profile, tax_certificates
from payments.services import deposits, prepaid_terms, reversal
from tests.customers.services.test_profile import details
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import AddonFactory, DiscountFactory, FeeFactory, PromotionFactory
from tests.factories.changes import approved, asked, billed_service, priced_package
from tests.factories.customers import AreaFactory, SubscriptionFactory
from tests.factories.payments import open_invoice, paid

ON = date(2026, 1, 29)
AT = datetime(2026, 1, 29, 4, tzinfo=UTC)
WHY = "because a rival says so"
ONCE = {"on": ON, "at": AT, "actor": None}


def service(**values):
    """A service in use, with January's bill."""
    found = billed_service(**values)
    return Subscription.objects.select_related("customer", "package").get(pk=found.pk)


def cancel():
    one = service()
    return lambda: termination.terminate(subscription=one, today=ON, reason=WHY, **ONCE)


def upgrade_now():
    one, better = service(), priced_package("1500.00", name="Home 50")
    change = asked(one, better, on=ON, at=AT)
    return lambda: approved(change, on=ON, at=AT)


def upgrade_later():
    one, better = service(), priced_package("1500.00", name="Home 50")
    change = asked(one, better, on=ON, at=AT, effective="PERIOD_END")
    return lambda: approved(change, on=ON, at=AT)


def upgrade_withdrawn():
    one, better = service(), priced_package("1500.00", name="Home 50")
    change = approved(asked(one, better, on=ON, at=AT, effective="PERIOD_END"), on=ON, at=AT)
    return lambda: package_changes.withdraw(change=change, reason=WHY, actor=None, at=AT)


def days_of_changes():
    one, better = service(), priced_package("1500.00", name="Home 50")
    approved(asked(one, better, on=ON, at=AT, effective="PERIOD_END"), on=ON, at=AT)
    return lambda: change_days.apply_due(on=date(2026, 2, 5), at=AT)


def addon():
    one, sold = service(), AddonFactory()
    return lambda: addons.attach(
        subscription=one, addon=sold, quantity=1, starts_on=ON, reason=WHY, **ONCE
    )


def _with_addon():
    one = service()
    return addons.attach(
        subscription=one, addon=AddonFactory(), quantity=2, starts_on=date(2026, 1, 10),
        reason=WHY, **ONCE,
    ).row  # fmt: skip


def addon_ended():
    row = _with_addon()
    return lambda: addons.end(row=row, is_now=True, reason=WHY, **ONCE)


def addon_ended_later():
    row = _with_addon()
    return lambda: addons.end(row=row, is_now=False, reason=WHY, **ONCE)


def addon_more():
    row = _with_addon()
    return lambda: addons.change_quantity(row=row, quantity=5, is_now=True, reason=WHY, **ONCE)


def discount():
    one, once = service(), Given(label="Sorry", rate=Decimal("0.5"), cycles=1)
    return lambda: discounts.grant_own(subscription=one, given=once, reason=WHY, **ONCE)


def promotion():
    one, offer = service(), PromotionFactory(cycles=1, code="HELLO")
    return lambda: discounts.redeem(subscription=one, code=offer.code, **ONCE)


def discount_revoked():
    row = DiscountFactory(subscription=service(), span=DateRange(date(2026, 2, 5), None))
    return lambda: discounts.revoke(discount=row, reason=WHY, **ONCE)


def suspended():
    one = service()
    return lambda: service_states.suspend(
        subscription=one, kind="CUSTOMER_REQUEST", is_billed=False, reason=WHY, **ONCE
    )


def suspended_billed():
    one = service()
    return lambda: service_states.suspend(
        subscription=one, kind="FRAUD", is_billed=True, reason=WHY, **ONCE
    )


def _away(is_billed=False):
    one = service()
    service_states.suspend(
        subscription=one, kind="CUSTOMER_REQUEST", is_billed=is_billed, reason=WHY,
        on=date(2026, 1, 20), at=AT, actor=None,
    )  # fmt: skip
    return one


def back():
    one = _away()
    return lambda: service_states.reactivate(subscription=one, reason=WHY, **ONCE)


def back_billed():
    one = _away(is_billed=True)
    return lambda: service_states.reactivate(subscription=one, reason=WHY, **ONCE)


def returns_given_back():
    one = service()
    service_states.suspend(
        subscription=one, kind="NON_PAYMENT", is_billed=False, reason=WHY, on=date(2026, 1, 20),
        at=AT, actor=None,
    )  # fmt: skip
    paid(one.customer, "1150.00", at=AT)
    return lambda: returning.settle_all(on=ON, at=AT)


def activated():
    one = service()
    second = SubscriptionFactory(
        customer=one.customer, package=one.package, status="PENDING", activated_on=None, line_no=2
    )
    return lambda: service_states.activate(subscription=second, reason=WHY, **ONCE)


def billing_day():
    one = service()
    priced = new_terms.preview(one, cycle="MONTHLY", billing_day=15, today=ON)
    return lambda: billing_terms.change(
        subscription=one, cycle="MONTHLY", billing_day=15, fingerprint=priced.fingerprint,
        reason=WHY, today=ON, at=AT, actor=None,
    )  # fmt: skip


def _price_change(one):
    return price_changes.draft(
        wanted=Wanted(
            package=one.package, cycle="MONTHLY", effective_from=date(2026, 2, 1),
            amount=Decimal("1100.00"), includes_tax=False, scope=PriceChange.Scope.ALL,
        ),
        reason=WHY, **ONCE,
    )  # fmt: skip


def price_change():
    change = _price_change(service())
    return lambda: price_changes.confirm(change=change, **ONCE)


def price_change_cancelled():
    change = price_changes.confirm(change=_price_change(service()), **ONCE)
    return lambda: price_changes.cancel(change=change, reason=WHY, **ONCE)


def exempted():
    one, clerk = service(), UserFactory()
    return lambda: tax_certificates.record(
        customer=one.customer, number="NBR/1", valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31), file_name="a.pdf", content=b"%PDF-1.4 a", on=ON, at=AT,
        actor=clerk,
    )  # fmt: skip


def edited():
    one = service()
    return lambda: profile.edit(
        customer=one.customer, details=details(area=one.customer.area, language="bn"), actor=None,
        at=AT,
    )  # fmt: skip


def moved():
    one, area, clerk = service(), AreaFactory(), UserFactory()
    return lambda: bulk.change_area(customers=[one.customer_id], area=area, actor=clerk, at=AT)


def _parked():
    """A service that was billed until 5 January only, and left out of the run for it."""
    package = priced_package("1000.00")
    one = SubscriptionFactory(package=package)
    Schedule.objects.create(
        subscription=one, customer=one.customer, billed_until=date(2025, 12, 5), parked_at=AT,
        parked_periods=9,
    )  # fmt: skip
    standings.refresh([one.customer_id])
    return one


def parked_released():
    one = _parked()
    return lambda: parking.release(
        subscription_id=one.pk, periods=12, reason=WHY, at=AT, actor=None
    )


def parked_skipped():
    one = _parked()
    return lambda: parking.skip(
        subscription_id=one.pk, until=date(2026, 2, 5), reason=WHY, at=AT, actor=None
    )


def break_today():
    one = service()
    wanted = Break("CUSTOMER_REQUEST", is_billed=False, start=ON, until=date(2026, 2, 20))
    return lambda: planned_moves.plan_break(
        subscription=one, wanted=wanted, reason=WHY, today=ON, at=AT, actor=None
    )


def break_begins():
    one = service()
    wanted = Break("CUSTOMER_REQUEST", is_billed=False, start=ON, until=date(2026, 2, 20))
    planned_moves.plan_break(
        subscription=one, wanted=wanted, reason=WHY, today=date(2026, 1, 20), at=AT, actor=None
    )
    return lambda: planned_moves.run(on=ON, at=AT)


def end_planned_comes():
    one = service()
    planned_moves.plan_termination(
        subscription=one, on=ON, reason=WHY, today=date(2026, 1, 20), at=AT, actor=None
    )
    return lambda: planned_moves.run(on=ON, at=AT)


def break_asked_approved():
    one, clerk = service(), UserFactory()
    request = breaks.request(
        subscription=one, start=date(2026, 2, 6), until=date(2026, 2, 20), note="away", on=ON,
        at=AT, requested_by=None,
    )  # fmt: skip
    return lambda: breaks.approve(request=request, note="", on=ON, at=AT, actor=clerk)


def payment():
    one = service()
    return lambda: paid(one.customer, "2000.00", at=AT)


def payment_reversed():
    one = service()
    row = paid(one.customer, "2000.00", at=AT)
    return lambda: reversal.reverse(payment=row, reason=WHY, actor=None, at=AT)


def voided():
    one = service()
    bill = open_invoice(one.customer, "300.00", due=ON)
    return lambda: invoicing.void(invoice=bill, reason=WHY, **ONCE)


def first_bill_voided():
    one = service()
    bill = one.customer.invoices.get()
    return lambda: invoicing.void(invoice=bill, reason=WHY, **ONCE)


def credited():
    one = service()
    bill = one.customer.invoices.get()
    return lambda: crediting.credit(
        invoice=bill, given=crediting.all_that_is_left(bill), reason=WHY, **ONCE
    )


def written_off():
    one, clerk = service(), UserFactory(role="OWNER")
    bill = one.customer.invoices.get()
    return lambda: corrections.write_off(
        invoice=bill, amount=Decimal("150.00"), reason=WHY, on=ON, at=AT, actor=clerk
    )


def fee():
    one, charged = service(), FeeFactory()
    return lambda: fees.charge(
        customer=one.customer, fee=charged, quantity=1, unit=Decimal("200.00"), note=WHY, key="k",
        **ONCE,
    )  # fmt: skip


def promise():
    one = service()
    open_invoice(one.customer, "300.00", due=date(2026, 1, 20))
    return lambda: promises.promise(
        customer=one.customer, until=date(2026, 1, 31), reason=WHY, **ONCE
    )


def deposit():
    one, clerk = service(), UserFactory()
    return lambda: deposits.take(
        customer=one.customer, amount=Decimal("500.00"), method="CASH", reference="", reason=WHY,
        on=ON, at=AT, actor=clerk,
    )  # fmt: skip


def made_prepaid():
    one = service()
    return lambda: prepaid_terms.switch_mode(
        subscription=one, mode="PREPAID", reason=WHY, at=AT, actor=None
    )


DEEDS = {
    deed.__name__: deed
    for deed in (
        cancel, upgrade_now, upgrade_later, upgrade_withdrawn, days_of_changes, addon, addon_ended,
        addon_ended_later, addon_more, discount, promotion, discount_revoked, suspended,
        suspended_billed, back, back_billed, returns_given_back, activated, billing_day,
        price_change, price_change_cancelled, exempted, edited, moved, parked_released,
        parked_skipped, break_today, break_begins, end_planned_comes, break_asked_approved,
        payment, payment_reversed, voided, first_bill_voided, credited, written_off, fee, promise,
        deposit, made_prepaid,
    )
}  # fmt: skip
