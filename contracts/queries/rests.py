"""Which days are no business days for a contract: the company's weekend and the holidays."""

from billing.dunning.queries import policies
from contracts.models import Contract
from contracts.rules.terms import Rests
from ispbill.core.models import Company


def of_contract(contract: Contract) -> Rests:
    """Return the days of rest where a contract's customer is served."""
    weekdays = frozenset(Company.current().rest_weekdays)
    return Rests(weekdays, policies.company_holidays(contract.customer.branch_id))
