"""The late fees that are due: which bill costs whom how much, on a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import md5

from billing.dunning.models import DunningEvent
from billing.dunning.queries import dunning
from billing.dunning.queries.dunning import Judged
from billing.dunning.queries.policies import InForce
from billing.dunning.rules.dunning import Reason
from billing.dunning.rules.ladder import Action, LateFee, Step
from billing.invoices.models import Invoice
from billing.ledger.rules.tax import tax_line
from customers.models import TaxRate
from ispbill.core.models import Company
from ispbill.core.money import Taxed

WAITS = frozenset(
    {
        Reason.NOTHING_OWED,
        Reason.BELOW_MINIMUM,
        Reason.PROMISED,
        Reason.EXCLUDED,
        Reason.PAYMENT_PENDING,
    }
)


@dataclass(frozen=True)
class Due:
    """A fee that falls on a bill: by which step, how much, at which rate of tax."""

    judged: Judged
    step: Step
    bill: Invoice
    amount: Taxed
    tax_rate: Decimal
    rate: Decimal | None  # the fraction of what is unpaid; None: a fixed amount


def due(
    *,
    on: date,
    in_force: InForce,
    customer_ids: Sequence[int] | None = None,
    branch_id: int | None = None,
) -> list[Due]:
    """Return the fees due on company date `on`, by customer and due date; reads only.

    Never a fee on a fee, never one twice. Call it again inside the transaction that charges, with
    the customers' account states locked.
    """
    if not any(policy.late_fee for policy in in_force.policies):
        return []
    judged = dunning.judge(
        on=on, customer_ids=customer_ids, branch_id=branch_id, active_only=False, in_force=in_force
    )
    rungs = [
        (one, step, fee)
        for one in judged
        for step, fee in [(one.policy.first(Action.LATE_FEE), one.policy.late_fee)]
        if step is not None
        and fee is not None
        and one.decision.reason not in WAITS
        and not _is_waiting(one)
    ]
    bills = _late_bills([one.customer_id for one, _step, _fee in rungs])
    return [
        _due(one, step, fee, bill, on=on)
        for one, step, fee in rungs
        for bill in bills[one.customer_id]
        if fee.since <= bill.due_date <= on - timedelta(days=step.offset_days)
    ]


def digests(found: Iterable[Due]) -> dict[int, str]:
    """Return what each customer would be charged, in 32 letters."""
    parts: dict[int, list[str]] = defaultdict(list)
    for one in found:
        parts[one.judged.customer_id].append(
            f"{one.bill.pk}|{one.amount.net:f}|{one.tax_rate:f}|{one.amount.tax:f}"
        )
    return {
        pk: md5(";".join(texts).encode(), usedforsecurity=False).hexdigest()
        for pk, texts in parts.items()
    }


def _is_waiting(one: Judged) -> bool:
    """Tell whether time was given that is not over, also while the days of grace still run."""
    facts = one.decision.facts
    given = (facts.promised_until, facts.excluded_until)
    return facts.payment_pending or any(day is not None and facts.on <= day for day in given)


def _late_bills(customer_ids: Sequence[int]) -> dict[int, list[Invoice]]:
    """Return the open bills a fee may fall on, by customer, the oldest first."""
    charged = DunningEvent.objects.filter(customer__in=customer_ids, action=Action.LATE_FEE.value)
    found: dict[int, list[Invoice]] = defaultdict(list)
    for bill in (
        Invoice.objects.filter(
            customer__in=customer_ids, status=Invoice.Status.OPEN, amount_due__gt=0
        )
        .exclude(kind=Invoice.Kind.LATE_FEE)
        .exclude(pk__in=charged.values("invoice"))
        .select_related("customer")
        .order_by("due_date", "pk")
    ):
        found[bill.customer_id].append(bill)
    return found


def _due(one: Judged, step: Step, fee: LateFee, bill: Invoice, *, on: date) -> Due:
    rate = _tax_rate(bill, fee, on=on)
    amount = tax_line(fee.of(bill.amount_due), rate)
    return Due(one, step, bill, amount, rate, fee.rate)


def _tax_rate(bill: Invoice, fee: LateFee, *, on: date) -> Decimal:
    if bill.customer.is_tax_exempt:
        return Decimal(0)
    if fee.tax_class_id is None:
        return Company.current().tax_rate
    rates = TaxRate.objects.filter(tax_class=fee.tax_class_id, effective_from__lte=on)
    rate = rates.order_by("-effective_from").values_list("rate", flat=True).first()
    return Company.current().tax_rate if rate is None else rate
