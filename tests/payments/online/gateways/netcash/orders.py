"""Batches and mandates as the tests ask for them."""

from datetime import date
from decimal import Decimal

from payments.online.gateways.netcash.contract import (
    AccountKind,
    BankDetails,
    Batch,
    DebitLine,
    Instruction,
    MandateOrder,
)

ACTION_DAY = date(2026, 1, 19)


def bank(number="62001234567", **changes):
    told = {"holder": "N Dlamini", "branch_code": "250655", "kind": AccountKind.CURRENT, **changes}
    return BankDetails(number=number, **told)


def line(reference="CT-2026-00001", amount="599.00", **changes):
    told = {"name": "Nomsa Dlamini", "bank": bank(), "extras": ("17",), **changes}
    return DebitLine(account_reference=reference, amount=Decimal(amount), **told)


def batch(*lines, name="Run 1", instruction=Instruction.TWO_DAY, action_date=ACTION_DAY):
    return Batch(
        name=name, instruction=instruction, action_date=action_date, lines=lines or (line(),)
    )


def mandate(reference="CT-2026-00001", amount="599.00", **changes):
    told = {
        "name": "Nomsa Dlamini",
        "agreement_date": date(2026, 1, 14),
        "agreement_reference": f"AG-{reference}",
        "commencement_month": 2,
        "debit_day": "01",
        "mobile": "0825551234",
        "email": "nomsa@demo.test",
        "first_name": "Nomsa",
        "surname": "Dlamini",
        "notice_days": 30,
        "bank": bank(),
        **changes,
    }
    return MandateOrder(account_reference=reference, amount=Decimal(amount), **told)


def soon(ask, tries=5):
    """Ask until it is ready, as a job does from run to run."""
    for _try in range(tries):
        answer = ask()
        if answer is not None:
            return answer
    raise AssertionError("never ready")
