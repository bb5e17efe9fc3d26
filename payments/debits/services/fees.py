"""What NetCash takes for its work, booked against the money it holds for us."""

from datetime import datetime

from django.db import transaction

from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from ispbill.accounts.models import Branch
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from payments.debits.models import DebitStatementLine

Outcome = DebitStatementLine.Outcome


@transaction.atomic
def book(*, line: DebitStatementLine, at: datetime) -> str:
    """Book a fee line (or one given back) once; return the line's outcome then.

    Debit 5300, credit 1033; the entry is the first branch's, NetCash asks for no other.
    """
    trail.begin(act=Act(None, at, reason="fee of NetCash"))
    line = DebitStatementLine.objects.select_for_update().get(pk=line.pk)
    if line.outcome not in (Outcome.NEW, Outcome.HELD):
        return line.outcome
    if line.effect_amount:
        ledger.open_chart()
        ledger.post(
            ledger.Fact(
                kind="GATEWAY_FEE",
                source_type="netcash_line",
                source_id=line.pk,
                lines=[
                    Line(Chart.GATEWAY_FEES, -line.effect_amount),
                    Line(Chart.NETCASH_CLEARING, line.effect_amount),
                ],
                posted_on=line.statement_date,
                branch_id=Branch.objects.order_by("pk").values_list("pk", flat=True)[0],
                customer_id=None,
                memo=f"NetCash {line.code} {line.description}",
            ),
            act=Act(None, at),
        )
    line.outcome = Outcome.BOOKED
    line.save(update_fields=["outcome"])
    return line.outcome
