"""A customer with everything, written by the product's own verbs: for what is broken by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from billing.changes.services import service_states
from billing.ledger.services import ledger_seals, recognition
from billing.receivables.services import deposits, voiding
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.services import figures
from payments.online.services import refunds
from payments.prepaid.services import vouchers
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.changes import approved, asked, billed_service, priced_package
from tests.factories.customers import CustomerFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import codes_of, open_invoice, paid, prepaid, voucher_batch

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
ON = date(2026, 1, 10)
WHY = "because a test says so"


def live():
    """Make a customer with bills paid, credited and void, a change, a pause, money out."""
    company = Company.current()
    company.defers_revenue = True
    company.save()
    Company.forget_cached()
    clerk = UserFactory(role="OWNER")
    service = billed_service(billing_day=5, start=date(2026, 1, 5))
    customer = service.customer
    AccessFactory(subscription=service)
    paid(customer, "5000.00", at=AT)
    approved(asked(service, priced_package("1500.00"), on=ON, at=AT), on=ON, at=AT)
    quarter = billed_service("3000.00", cycle="QUARTERLY", start=date(2026, 1, 5))
    recognition.recognise(through=date(2026, 1, 9), act=Act(None, AT))
    values = {"reason": WHY, "on": date(2026, 1, 12), "at": AT, "actor": clerk}
    service_states.suspend(
        subscription=quarter,
        kind="CUSTOMER_REQUEST",
        is_billed=False,
        **acting(keeps_on=True, **values),
    )
    void = open_invoice(CustomerFactory())
    voiding.void(invoice=void, act=Act(clerk, AT, on=ON, reason=WHY))
    out = {
        "customer": customer,
        "method": "CASH",
        "reference": "",
        "reason": WHY,
        "on": ON,
        "at": AT,
        "actor": clerk,
    }
    refunds.refund(amount=Decimal("100.00"), **acting(out))
    deposits.take(amount=Decimal("500.00"), **acting(out))
    batch = voucher_batch(at=AT, count=3)
    vouchers.redeem(typed=codes_of(batch)[0], customer=customer, act=Act(None, AT))
    prepaid(customer, until=date(2026, 3, 1), line_no=2)
    ledger_seals.seal(on=ON + timedelta(days=1), at=AT + timedelta(days=1))
    figures.build(until=ON + timedelta(days=3), at=AT + timedelta(days=4))
