"""Money of resellers on the bank's statement: top-ups and remittances that name their number.

Registered with `payments.bank.services.other_owners`.
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.core.acts import Act
from payments.bank.services.other_owners import Arrived, Owner, Seen
from resellers.models import Reseller, Transfer
from resellers.services import transfers
from resellers.services.transfers import TransferRefused

_NUMBER = re.compile(r"\bRS[-\s]?0*([1-9]\d{0,8})\b", re.IGNORECASE)
_NAMED, _ANNOUNCED = 96, 99
_COMING = (Transfer.Kind.TOPUP, Transfer.Kind.REMITTANCE)


def find(lines: Sequence[Seen]) -> dict[int, list[Owner]]:
    """Return which resellers these lines name; surer where they had said that it is coming."""
    named = {line.line_id: {int(found) for found in _NUMBER.findall(line.text)} for line in lines}
    wanted = set().union(*named.values()) if named else set()
    if not wanted:
        return {}
    known = Reseller.objects.filter(pk__in=wanted, status__in=["ACTIVE", "SUSPENDED"]).in_bulk()
    coming = Transfer.objects.filter(reseller__in=known, status="SENT", kind__in=_COMING)
    announced = set(coming.values_list("reseller", "amount"))
    return {
        line.line_id: [
            Owner(
                key=known[pk].number,
                label=known[pk].name,
                confidence=_ANNOUNCED if (pk, line.amount) in announced else _NAMED,
                reason=known[pk].number,
            )
            for pk in sorted(named[line.line_id] & set(known))
        ]
        for line in lines
        if named[line.line_id] & set(known)
    }


def take(arrived: Arrived, act: Act[User]) -> str:
    """Credit what arrived: the transfer the reseller announced, else a new one; its number.

    Raises TransferRefused, TransferDecided.
    """
    found = _NUMBER.fullmatch(arrived.key)
    reseller = Reseller.objects.filter(pk=int(found[1])).first() if found else None
    if reseller is None:
        raise TransferRefused(_("There is no such reseller."))
    waiting = Transfer.objects.filter(
        reseller=reseller, status="SENT", kind__in=_COMING, amount=arrived.amount
    ).order_by("pk")
    announced = waiting.first()
    if announced is not None:
        return transfers.confirm(transfer=announced, account_no=arrived.account_no, act=act).number
    return transfers.arrive(
        reseller=reseller,
        amount=arrived.amount,
        method=Transfer.Method.EFT,
        account_no=arrived.account_no,
        reference=arrived.reference,
        key=arrived.line_key,
        by=act.actor,
        act=act,
    ).number


def give_back(number: str, act: Act[User]) -> None:
    """Take back what a line had credited. Raises TransferDecided, ReasonMissing."""
    found = Transfer.objects.get(number=number)
    transfers.take_back(transfer=found, act=act, with_its_line=True)
