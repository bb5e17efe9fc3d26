"""Everything that can happen to a customer while a billing run is at work, one deed each.

`DEEDS` maps a name to a function that prepares a customer with a service billed until 5 February
2026 and returns the deed itself, to be done on 29 January while a run bills February.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

from psycopg.types.range import DateRange

from billing.changes.queries import new_terms
from billing.changes.services import (
    addons,
    billing_terms,
    change_days,
    fees,
    package_changes,
    pauses,
    planned_moves,
    returning,
    service_states,
    termination,
)
from billing.changes.services.planned_moves import Pause
from billing.dunning.services import promises
from billing.invoices.models import Schedule
from billing.ledger.services import account_states
from billing.prepaid.services import prepaid_terms
from billing.pricing.models import PriceChange
from billing.pricing.services import discounts, price_changes
from billing.pricing.services.discounts import Given
from billing.pricing.services.price_changes import Wanted
from billing.receivables.services import corrections, crediting, deposits, voiding
from billing.run.services import on_hold
from customers.models import Subscription
from customers.services import bulk, profile, tax_certificates
from ispbill.core.acts import Act
from payments.desk.services import reversing
from tests.customers.services.test_profile import details
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
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
    return lambda: termination.terminate(
        subscription=one, **acting(keeps_on=True, today=ON, reason=WHY, **ONCE)
    )


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
    return lambda: package_changes.withdraw(change=change, act=Act(None, AT, reason=WHY))


def days_of_changes():
    one, better = service(), priced_package("1500.00", name="Home 50")
    approved(asked(one, better, on=ON, at=AT, effective="PERIOD_END"), on=ON, at=AT)
    return lambda: change_days.apply_due(on=date(2026, 2, 5), at=AT)


def addon():
    one, sold = service(), AddonFactory()
    return lambda: addons.attach(
        subscription=one, addon=sold, quantity=1, starts_on=ON, **acting(reason=WHY, **ONCE)
    )


def _with_addon():
    one = service()
    return addons.attach(
        subscription=one,
        addon=AddonFactory(),
        quantity=2,
        starts_on=date(2026, 1, 10),
        **acting(reason=WHY, **ONCE),
    ).row


def addon_ended():
    row = _with_addon()
    return lambda: addons.end(row=row, is_now=True, **acting(reason=WHY, **ONCE))


def addon_ended_later():
    row = _with_addon()
    return lambda: addons.end(row=row, is_now=False, **acting(reason=WHY, **ONCE))


def addon_more():
    row = _with_addon()
    return lambda: addons.change_quantity(
        row=row, quantity=5, is_now=True, **acting(reason=WHY, **ONCE)
    )


def discount():
    one, once = service(), Given(label="Sorry", rate=Decimal("0.5"), cycles=1)
    return lambda: discounts.grant_own(subscription=one, given=once, **acting(reason=WHY, **ONCE))


def promotion():
    one, offer = service(), PromotionFactory(cycles=1, code="HELLO")
    return lambda: discounts.redeem(subscription=one, code=offer.code, **acting(ONCE))


def discount_revoked():
    row = DiscountFactory(subscription=service(), span=DateRange(date(2026, 2, 5), None))
    return lambda: discounts.revoke(discount=row, **acting(reason=WHY, **ONCE))


def suspended():
    one = service()
    return lambda: service_states.suspend(
        subscription=one,
        kind="CUSTOMER_REQUEST",
        is_billed=False,
        **acting(keeps_on=True, reason=WHY, **ONCE),
    )


def suspended_billed():
    one = service()
    return lambda: service_states.suspend(
        subscription=one, kind="FRAUD", is_billed=True, **acting(keeps_on=True, reason=WHY, **ONCE)
    )


def _away(is_billed=False):
    one = service()
    service_states.suspend(
        subscription=one,
        kind="CUSTOMER_REQUEST",
        is_billed=is_billed,
        on=date(2026, 1, 20),
        act=Act(None, AT, reason=WHY),
    )
    return one


def back():
    one = _away()
    return lambda: service_states.reactivate(
        subscription=one, **acting(keeps_on=True, reason=WHY, **ONCE)
    )


def back_billed():
    one = _away(is_billed=True)
    return lambda: service_states.reactivate(
        subscription=one, **acting(keeps_on=True, reason=WHY, **ONCE)
    )


def returns_given_back():
    one = service()
    service_states.suspend(
        subscription=one,
        kind="NON_PAYMENT",
        is_billed=False,
        on=date(2026, 1, 20),
        act=Act(None, AT, reason=WHY),
    )
    paid(one.customer, "1150.00", at=AT)
    return lambda: returning.settle_all(on=ON, at=AT)


def activated():
    one = service()
    second = SubscriptionFactory(
        customer=one.customer, package=one.package, status="PENDING", activated_on=None, line_no=2
    )
    return lambda: service_states.activate(
        subscription=second, **acting(keeps_on=True, reason=WHY, **ONCE)
    )


def billing_day():
    one = service()
    priced = new_terms.preview(one, cycle="MONTHLY", billing_day=15, today=ON)
    return lambda: billing_terms.change(
        subscription=one,
        cycle="MONTHLY",
        billing_day=15,
        fingerprint=priced.fingerprint,
        act=Act(None, AT, on=ON, reason=WHY),
    )


def _price_change(one):
    return price_changes.draft(
        wanted=Wanted(
            package=one.package,
            cycle="MONTHLY",
            effective_from=date(2026, 2, 1),
            amount=Decimal("1100.00"),
            includes_tax=False,
            scope=PriceChange.Scope.ALL,
        ),
        **acting(reason=WHY, **ONCE),
    )


def price_change():
    change = _price_change(service())
    return lambda: price_changes.confirm(change=change, **acting(ONCE))


def price_change_cancelled():
    change = price_changes.confirm(change=_price_change(service()), **acting(ONCE))
    return lambda: price_changes.cancel(change=change, **acting(reason=WHY, **ONCE))


def exempted():
    one, clerk = service(), UserFactory()
    return lambda: tax_certificates.record(
        customer=one.customer,
        number="NBR/1",
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        file_name="a.pdf",
        content=b"%PDF-1.4 a",
        act=Act(clerk, AT, on=ON),
    )


def edited():
    one = service()
    return lambda: profile.edit(
        customer=one.customer,
        details=details(area=one.customer.area, language="bn"),
        act=Act(None, AT),
    )


def moved():
    one, area, clerk = service(), AreaFactory(), UserFactory()
    return lambda: bulk.change_area(customers=[one.customer_id], area=area, act=Act(clerk, AT))


def _on_hold():
    """A service that was billed until 5 January only, and left out of the run for it."""
    package = priced_package("1000.00")
    one = SubscriptionFactory(package=package)
    Schedule.objects.create(
        subscription=one,
        customer=one.customer,
        billed_until=date(2025, 12, 5),
        held_at=AT,
        held_periods=9,
    )
    account_states.refresh([one.customer_id])
    return one


def on_hold_released():
    one = _on_hold()
    return lambda: on_hold.release(
        subscription_id=one.pk, periods=12, act=Act(None, AT, reason=WHY)
    )


def on_hold_skipped():
    one = _on_hold()
    return lambda: on_hold.skip(
        subscription_id=one.pk, until=date(2026, 2, 5), act=Act(None, AT, reason=WHY)
    )


def pause_today():
    one = service()
    wanted = Pause("CUSTOMER_REQUEST", is_billed=False, start=ON, until=date(2026, 2, 20))
    return lambda: planned_moves.plan_pause(
        subscription=one, wanted=wanted, act=Act(None, AT, on=ON, reason=WHY)
    )


def pause_begins():
    one = service()
    wanted = Pause("CUSTOMER_REQUEST", is_billed=False, start=ON, until=date(2026, 2, 20))
    planned_moves.plan_pause(
        subscription=one, wanted=wanted, act=Act(None, AT, on=date(2026, 1, 20), reason=WHY)
    )
    return lambda: planned_moves.run(on=ON, at=AT)


def end_planned_comes():
    one = service()
    planned_moves.plan_termination(
        subscription=one, on=ON, act=Act(None, AT, on=date(2026, 1, 20), reason=WHY)
    )
    return lambda: planned_moves.run(on=ON, at=AT)


def pause_asked_approved():
    one, clerk = service(), UserFactory()
    request = pauses.request(
        subscription=one,
        start=date(2026, 2, 6),
        until=date(2026, 2, 20),
        note="away",
        on=ON,
        at=AT,
        requested_by=None,
    )
    return lambda: pauses.approve(request=request, note="", act=Act(clerk, AT, on=ON))


def payment():
    one = service()
    return lambda: paid(one.customer, "2000.00", at=AT)


def payment_reversed():
    one = service()
    row = paid(one.customer, "2000.00", at=AT)
    return lambda: reversing.reverse(payment=row, act=Act(None, AT, reason=WHY))


def voided():
    one = service()
    bill = open_invoice(one.customer, "300.00", due=ON)
    return lambda: voiding.void(invoice=bill, **acting(reason=WHY, **ONCE))


def first_bill_voided():
    one = service()
    bill = one.customer.invoices.get()
    return lambda: voiding.void(invoice=bill, **acting(reason=WHY, **ONCE))


def credited():
    one = service()
    bill = one.customer.invoices.get()
    return lambda: crediting.credit(
        invoice=bill,
        given=[crediting.Given(line, line.net_amount) for line in bill.lines.all()],
        **acting(keeps_on=True, reason=WHY, **ONCE),
    )


def written_off():
    one, clerk = service(), UserFactory(role="OWNER")
    bill = one.customer.invoices.get()
    return lambda: corrections.write_off(
        invoice=bill, amount=Decimal("150.00"), act=Act(clerk, AT, on=ON, reason=WHY)
    )


def fee():
    one, charged = service(), FeeFactory()
    return lambda: fees.charge(
        customer=one.customer,
        fee=charged,
        quantity=1,
        unit=Decimal("200.00"),
        note=WHY,
        key="k",
        **acting(ONCE),
    )


def promise():
    one = service()
    open_invoice(one.customer, "300.00", due=date(2026, 1, 20))
    return lambda: promises.promise(
        customer=one.customer, until=date(2026, 1, 31), **acting(reason=WHY, **ONCE)
    )


def deposit():
    one, clerk = service(), UserFactory()
    return lambda: deposits.take(
        customer=one.customer,
        amount=Decimal("500.00"),
        method="CASH",
        reference="",
        act=Act(clerk, AT, on=ON, reason=WHY),
    )


def made_prepaid():
    one = service()
    return lambda: prepaid_terms.switch_mode(
        subscription=one, mode="PREPAID", act=Act(None, AT, reason=WHY)
    )


DEEDS = {
    deed.__name__: deed
    for deed in (
        cancel,
        upgrade_now,
        upgrade_later,
        upgrade_withdrawn,
        days_of_changes,
        addon,
        addon_ended,
        addon_ended_later,
        addon_more,
        discount,
        promotion,
        discount_revoked,
        suspended,
        suspended_billed,
        back,
        back_billed,
        returns_given_back,
        activated,
        billing_day,
        price_change,
        price_change_cancelled,
        exempted,
        edited,
        moved,
        on_hold_released,
        on_hold_skipped,
        pause_today,
        pause_begins,
        end_planned_comes,
        pause_asked_approved,
        payment,
        payment_reversed,
        voided,
        first_bill_voided,
        credited,
        written_off,
        fee,
        promise,
        deposit,
        made_prepaid,
    )
}
