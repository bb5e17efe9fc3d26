"""What row-level security costs on the customer's own pages, and that it is answered by an index.

The same reads run as the portal role, limited to one customer, and as the application's role with
nothing but their own conditions. Asked without any condition, the policy alone must still find
the rows by index.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from billing.allocation.models import Payment
from billing.dunning.queries import own_account
from billing.invoices.models import Invoice
from billing.invoices.queries import own_bills
from billing.receivables.queries import own_payments
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from billing.run.services import cycle
from customers.models import Customer, Subscription
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.devtools.bench import plans, population, scratch
from ispbill.devtools.bench.measure import Pairs
from ispbill.devtools.bench.plans import PlanRefused

MONTHS = [date(2026, month, 28) for month in range(1, 7)]
ON = MONTHS[-1]
SAMPLE = 100
MOST_ROWS_READ = 200

Read = Callable[[Customer], object]

# With the customer named in the query, as the pages do it.
NAMED: dict[str, Read] = {
    "invoices": lambda customer: own_bills.page(customer),
    "open total": lambda customer: own_account.owing(customer, on=ON),
    "services": lambda customer: own_account.services(customer, on=ON),
    "payments": lambda customer: own_payments.page(customer),
}
# Nobody named: what a forgotten condition would be answered by.
UNNAMED: dict[str, Read] = {
    "invoices": lambda customer: list(Invoice.objects.order_by("-due_date")[:12]),
    "open total": lambda customer: Invoice.objects.filter(status="OPEN").aggregate(
        total=Sum("amount_due")
    ),
    "services": lambda customer: list(Subscription.objects.order_by("line_no")),
    "payments": lambda customer: list(Payment.objects.order_by("-received_at")[:12]),
}


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Measure portal reads with and without the policies: customers a second."""
    with scratch.database("rls"):
        fill(scale)
        step = max(1, scale // SAMPLE)
        sample = list(Customer.objects.order_by("pk")[::step][:SAMPLE])
        measured = {name: Pairs() for name in ("page", *NAMED)}
        for pair in range(pairs + 1):
            for name, pages in measured.items():
                reads = list(NAMED.values()) if name == "page" else [NAMED[name]]
                rates = _rates(reads, sample)
                if pair:  # the first one warms up
                    pages.add(*rates)
        refusals = refused(sample[len(sample) // 2])
    return {
        "name": "rls",
        "scale": scale,
        "P19_with_of_without": measured.pop("page").as_dict(),
        "reads": {name: pages.as_dict() for name, pages in measured.items()},
        "refused_plans": refusals,
    }


def fill(scale: int) -> None:
    """Fill the present bench database: bills of six months, and some payments."""
    population.fill(scale)
    for month in MONTHS:
        cycle.run(on=month, act=Act(None, timezone.now()))
    for number, customer in enumerate(_every(20)):
        settlement.settle(
            Asked(
                customer_id=customer.pk,
                amount=Decimal(500),
                method=Payment.Method.CASH,
                received_by=None,
                received_at=timezone.now(),
                key=f"bench-{number}",
                act=Act(None, timezone.now()),
            )
        )
    scratch.vacuum()


def refused(customer: Customer) -> dict[str, str]:
    """Return the reads that the policy does not answer by an index, with the reason."""
    reasons = {}
    for kind, reads in (("named", NAMED), ("unnamed", UNNAMED)):
        for name, read in reads.items():
            try:
                _examine(customer, read)
            except PlanRefused as refusal:
                reasons[f"{name}, {kind}"] = str(refusal)
    return reasons


def _examine(customer: Customer, read: Read) -> None:
    """Raise PlanRefused when a read goes through other customers' rows.

    Small tables are rightly read whole, so once more with that forbidden: then the policy must
    have become an index condition.
    """
    with rls.as_portal([customer.pk]):
        with plans.listening() as statements:
            read(customer)
        plans.refuse_long_reads(
            statements.steps(), ("billing_", "payments_", "customers_"), most=MOST_ROWS_READ
        )
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        if not any("customer_id" in step.condition for step in statements.steps()):
            raise PlanRefused("no index is entered by the customer's id")


def _every(step: int) -> Iterator[Customer]:
    return Customer.objects.order_by("pk")[::step].__iter__()


def _rates(reads: list[Read], customers: list[Customer]) -> tuple[float, float]:
    """Return customers a second with and without the policies, asked in turn."""
    with_policies = without = 0.0
    for customer in customers:
        with_policies += _seconds(reads, customer, rls.as_portal([customer.pk]))
        without += _seconds(reads, customer, transaction.atomic())
    return len(customers) / with_policies, len(customers) / without


def _seconds(reads: list[Read], customer: Customer, entry: AbstractContextManager[None]) -> float:
    start = time.perf_counter()
    with entry:
        for read in reads:
            read(customer)
    return time.perf_counter() - start
