"""Remember who a payer on statements is, once a person has said so."""

from django.db import transaction

from billing.allocation.rules.masking import masked_number
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.acts import Act
from payments.bank.models import KnownPayer, StatementLine
from payments.bank.rules.matching import name_key

PURPOSE = "payer_account"


def line_place(line: StatementLine) -> str:
    """Return what a line's sealed account number is bound to."""
    return f"payments.statement_line:{line.fingerprint}"


def payer_place(payer: KnownPayer) -> str:
    """Return what a known payer's sealed account number is bound to."""
    return f"payments.known_payer:{payer.customer_id}:{payer.label}"


def fingerprint(number: str) -> str:
    """Return what lines that come from an account are found by."""
    return fingerprints(number)[0]


def fingerprints(number: str) -> list[str]:
    """Return them under each of our keys, the newest first."""
    return crypto.fingerprints(number.upper(), purpose=PURPOSE)


def keep_number(line: StatementLine, number: str) -> None:
    """Give a new line its payer's account number: sealed, masked, and to be found by."""
    if not number:
        return
    line.payer_mask = masked_number(number)
    line.payer_fingerprint = fingerprint(number)
    line.sealed_payer = crypto.seal(number.upper(), context=line_place(line))


def remember(*, line: StatementLine, customer: Customer, act: Act[User | None]) -> list[KnownPayer]:
    """Remember the account and the name a line came from (part of the transaction that matched)."""
    known = []
    if line.payer_fingerprint:
        payer = KnownPayer(
            kind=KnownPayer.Kind.ACCOUNT,
            fingerprint=line.payer_fingerprint,
            label=line.payer_mask,
            customer=customer,
        )
        number = crypto.unseal(line.sealed_payer, context=line_place(line))
        payer.sealed_number = crypto.seal(number, context=payer_place(payer))
        known.append(payer)
    if key := name_key(line.counterparty):
        known.append(
            KnownPayer(
                kind=KnownPayer.Kind.NAME,
                fingerprint=key,
                label=line.counterparty,
                customer=customer,
            )
        )
    for one in known:
        one.remembered_at, one.remembered_by = act.at, act.actor
    KnownPayer.objects.bulk_create(known, ignore_conflicts=True)
    return known


@transaction.atomic
def forget(*, payer: KnownPayer, act: Act[User]) -> None:
    """Forget a payer: what comes from there is nobody's again. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    events.record(act=act, action="known_payer.forgotten", target=payer)
    payer.delete()
