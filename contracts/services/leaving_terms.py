"""What a contract in force says of leaving and of the price, written down for the floor below."""

from billing.changes.services import exit_terms
from contracts.models import Contract, Signature
from contracts.rules import terms
from ispbill.core.acts import Act


def note(contract: Contract, *, act: Act) -> None:
    """Write down below what the contract says of leaving and of the price."""
    version = contract.version
    signed_on = Act(None, contract.signed_at).on if contract.signed_at else act.on
    lock = terms.Lock(version.price_lock)
    signature = Signature.objects.filter(contract=contract).first()
    device = signature.device if signature is not None else ""
    may_cool_off = terms.may_cool_off(contract.customer.kind, device)
    cooling_off_days = version.cooling_off_days if may_cool_off else 0
    locked = terms.locked_until(
        lock, minimum_until=contract.minimum_until, ends_on=contract.ends_on
    )
    exit_terms.note(
        contract.subscription,
        {
            "contract_number": contract.number,
            "minimum_from": contract.starts_on,
            "minimum_until": contract.minimum_until,
            "fee": version.fee,
            "fee_amount": version.fee_amount,
            "fee_rate": version.fee_rate,
            "cap_months": version.cap_months,
            "cap_amount": version.cap_amount,
            "price_amount": contract.price_amount,
            "gross_amount": contract.gross_amount,
            "cooling_off_until": terms.cooling_off_until(signed_on, cooling_off_days),
            "bills_used_days": version.bills_used_days,
            "refuses_downgrade": version.refuses_downgrade,
            "price_locked_until": None if contract.is_monthly else locked,
        },
    )
