"""The company's money rule of each kind of suspension."""

from billing.rules.suspension_kinds import Rule, rule_of
from ispbill.core.models import Company


def of(kind: str) -> Rule:
    """Return what suspensions of a kind do to the money when nobody says otherwise."""
    company = Company.current()
    return rule_of(kind, company.suspension_rules, bills_while_cut_off=company.bills_while_cut_off)
