"""Fees charged once and add-ons billed every period: what is on sale, and for how much."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Addon, Fee
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
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


def save_fee(*, fee: Fee, details: FeeDetails, act: Act) -> Fee:
    """Add a fee (an unsaved row) or change it for charges from now on.

    Raises CatalogueCodeTaken, AmountRefused.
    """
    _refuse_negative(details.net_amount)
    return _save(fee, details, "fee", act=act)


def save_addon(*, addon: Addon, details: AddonDetails, act: Act) -> Addon:
    """Add an add-on (an unsaved row) or change it for sales from now on; sold ones keep theirs.

    Raises CatalogueCodeTaken, AmountRefused.
    """
    _refuse_negative(details.price_amount)
    return _save(addon, details, "addon", act=act)


@transaction.atomic
def switch_sale(*, row: Row, act: Act) -> Row:
    """Offer a fee or an add-on no longer, or again; whoever has it keeps it."""
    trail.begin(act=act.because(""))
    row = type(row).objects.select_for_update().get(pk=row.pk)
    row.archived_at = None if row.archived_at else act.at
    row.save(update_fields=["archived_at"])
    verb = "archived" if row.archived_at else "restored"
    events.record(act=act, action=f"{row._meta.model_name}.{verb}", target=row)
    return row


def _save(row: Row, details: FeeDetails | AddonDetails, noun: str, *, act: Act) -> Row:
    wanted = asdict(details) | {"code": details.code.strip()}
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            is_new = row.pk is None
            if not is_new:
                row = type(row).objects.select_for_update().get(pk=row.pk)
            before = {} if is_new else {name: getattr(row, name) for name in wanted}
            for name, value in wanted.items():
                setattr(row, name, value)
            row.save()
            was, now = events.changes(before, wanted)
            events.record(
                act=act,
                action=f"{noun}.{'created' if is_new else 'edited'}",
                target=row,
                before=was or None,
                after=now,
            )
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
