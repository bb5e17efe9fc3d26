"""Fees charged once and add-ons billed every period: what is on sale, and for how much."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Addon, Fee
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError

Row = TypeVar("Row", Fee, Addon)


class CatalogueCodeTaken(DomainError):
    """Another fee, or another add-on, has this code."""


class AmountRefused(DomainError):
    """What is on sale costs nothing or more, never less."""


@dataclass(frozen=True)
class FeeDetails:
    """A charge made once; net amount, and the ledger account its revenue is booked to."""

    code: str
    name: str
    net_amount: Decimal
    account_code: int
    local_name: str = ""
    tax_class_id: int | None = None


@dataclass(frozen=True)
class AddonDetails:
    """Something billed every period; net price per month, each."""

    code: str
    name: str
    price_amount: Decimal
    kind: str
    local_name: str = ""
    tax_class_id: int | None = None
    is_public: bool = True
    description: str = ""


def save_fee(*, fee: Fee, details: FeeDetails, actor: Actor | None, at: datetime) -> Fee:
    """Add a fee (an unsaved row) or change it for charges from now on.

    Raises CatalogueCodeTaken, AmountRefused.
    """
    _refuse_negative(details.net_amount)
    return _save(fee, details, "fee", actor=actor, at=at)


def save_addon(*, addon: Addon, details: AddonDetails, actor: Actor | None, at: datetime) -> Addon:
    """Add an add-on (an unsaved row) or change it for sales from now on; sold ones keep theirs.

    Raises CatalogueCodeTaken, AmountRefused.
    """
    _refuse_negative(details.price_amount)
    return _save(addon, details, "addon", actor=actor, at=at)


@transaction.atomic
def switch_sale(*, row: Row, actor: Actor | None, at: datetime) -> Row:
    """Offer a fee or an add-on no longer, or again; who has it keeps it."""
    trail.begin(actor=actor, at=at)
    row = type(row).objects.select_for_update().get(pk=row.pk)
    row.archived_at = None if row.archived_at else at
    row.save(update_fields=["archived_at"])
    verb = "archived" if row.archived_at else "restored"
    events.record(at=at, actor=actor, action=f"{row._meta.model_name}.{verb}", target=row)
    return row


def _save(
    row: Row,
    details: FeeDetails | AddonDetails,
    noun: str,
    *,
    actor: Actor | None,
    at: datetime,
) -> Row:
    wanted = asdict(details) | {"code": details.code.strip()}
    try:
        with transaction.atomic():
            trail.begin(actor=actor, at=at)
            is_new = row.pk is None
            if not is_new:
                row = type(row).objects.select_for_update().get(pk=row.pk)
            before = {} if is_new else {name: getattr(row, name) for name in wanted}
            for name, value in wanted.items():
                setattr(row, name, value)
            row.save()
            was, now = events.changes(before, wanted)
            events.record(
                at=at, actor=actor, action=f"{noun}.{'created' if is_new else 'edited'}",
                target=row, before=was or None, after=now,
            )  # fmt: skip
    except IntegrityError as error:
        if f"{noun}_code_once" in str(error):
            raise CatalogueCodeTaken(
                _("Something else has the code %(code)s.") % {"code": wanted["code"]}
            ) from error
        raise
    return row


def _refuse_negative(amount: Decimal) -> None:
    if amount < 0:
        raise AmountRefused(_("An amount cannot be negative."))
