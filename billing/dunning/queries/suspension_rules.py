"""The company's money rule of each kind of suspension."""

from django.db.models import F, Q, QuerySet

from billing.dunning.rules.suspension_kinds import Rule, rule_of
from customers.models import Suspension
from ispbill.core.models import Company


def of(kind: str) -> Rule:
    """Return what suspensions of a kind do to the money when nobody says otherwise."""
    company = Company.current()
    return rule_of(kind, company.suspension_rules, bills_while_cut_off=company.bills_while_cut_off)


def unsettled() -> QuerySet[Suspension]:
    """Return ended suspensions with days to give back, or with days before them to bill."""
    behind = Q(subscription__schedule__billed_until__lt=F("span__startswith"))
    return Suspension.objects.filter(
        ended_at__isnull=False, settled_at__isnull=True, is_billed=False, span__isempty=False
    ).filter(Q(is_credited=True) | behind)
