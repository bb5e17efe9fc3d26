"""When money that leaves asks for a fresh proof of who sends it."""

from decimal import Decimal

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from ispbill.accounts.access import demand_proof
from ispbill.accounts.http import Request


def above_limit(request: Request, amount: Decimal | None) -> None:
    """Go on only with a fresh proof where a refund is above the limit. Raises ProofNeeded."""
    if amount is not None and approvals.needs_second(Approval.Kind.REFUND, amount):
        demand_proof(request)
