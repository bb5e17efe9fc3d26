"""What is sold: packages, and their prices from a date on."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Cycle, OttApp, Package, PackagePrice
from customers.queries import taxes as tax_rates
from customers.services import taxes
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.money import Taxed


class CodeTaken(DomainError):
    """Another package has this code."""


class PriceRefused(DomainError):
    """A price is a positive amount and holds from today or a later day on."""


@dataclass(frozen=True)
class Offer:
    """What a package is. Speeds in Mbps, cap in GB (none = unlimited), fees net per service."""

    code: str
    name: str
    technology: str
    download_mbps: int
    upload_mbps: int
    local_name: str = ""
    data_cap_gb: int | None = None
    installation_fee: Decimal = Decimal("0.00")
    router_fee: Decimal = Decimal("0.00")
    live_channels: int = 0
    sla_class: str = ""
    router_profile: str = ""
    burst_percent: int = 0
    burst_seconds: int = 10
    is_public: bool = True
    description: str = ""
    tax_class_id: int | None = None  # none = the company's own rate


def create(*, offer: Offer, act: Act, ott_apps: tuple[OttApp, ...] = ()) -> Package:
    """Add a package; it is sold once it has a price. Raises CodeTaken."""
    return _save(Package(), offer, ott_apps, "package.created", act=act)


def edit(*, package: Package, offer: Offer, act: Act, ott_apps: tuple[OttApp, ...] = ()) -> Package:
    """Change a package for services sold from now on; the sold ones keep theirs.

    With another tax class its prices hold with that class's rates from today on. Raises CodeTaken.
    """
    return _save(package, offer, ott_apps, "package.edited", act=act)


@transaction.atomic
def archive(*, package: Package, act: Act) -> Package:
    """Sell a package no longer; services that have it go on."""
    return _put_away(package, act.at, "package.archived", act=act)


@transaction.atomic
def restore(*, package: Package, act: Act) -> Package:
    """Sell an archived package again."""
    return _put_away(package, None, "package.restored", act=act)


@transaction.atomic
def set_price(
    *,
    package: Package,
    cycle: str,
    effective_from: date,
    amount: Decimal,
    includes_tax: bool,
    act: Act,
    branch_id: int | None = None,
    reseller_id: int | None = None,
) -> PackagePrice:
    """Set what new services cost per cycle from a day on; a price set for that very day gives way.

    `branch_id` or `reseller_id` name the list it belongs to, neither is everybody's. `amount` is
    in the company's currency; tax is taken out of it or added by the package's rate of that day.
    `on` is today's company date: raises PriceRefused for a day gone by or a negative amount.
    """
    _refuse_price(amount, cycle, effective_from=effective_from, on=act.on)
    if branch_id is not None and reseller_id is not None:
        raise PriceRefused(_("A price belongs to one list: a branch's or a reseller's."))
    rate = tax_rates.rate_on(tax_class_id=package.tax_class_id, on=effective_from)
    price = Taxed.from_gross(amount, rate) if includes_tax else Taxed.from_net(amount, rate)
    trail.begin(act=act.because(""))
    package = Package.objects.select_for_update().get(pk=package.pk)
    owner: dict[str, Any] = {"branch_id": branch_id, "reseller_id": reseller_id}
    row, _is_new = PackagePrice.objects.update_or_create(
        package=package,
        cycle=cycle,
        **owner,
        effective_from=effective_from,
        defaults={
            "includes_tax": includes_tax,
            "net_amount": price.net,
            "tax_rate": rate,
            "gross_amount": price.gross,
        },
    )
    _record_price(row, act=act)
    return row


def _record_price(row: PackagePrice, *, act: Act) -> None:
    events.record(
        act=act,
        action="package.priced",
        target=row.package,
        after={
            "cycle": row.cycle,
            "effective_from": row.effective_from,
            "net_amount": row.net_amount,
            "gross_amount": row.gross_amount,
            "includes_tax": row.includes_tax,
            "branch": row.branch_id,
            "reseller": row.reseller_id,
        },
    )


def _refuse_price(amount: Decimal, cycle: str, *, effective_from: date, on: date) -> None:
    if amount < 0:
        raise PriceRefused(_("A price cannot be negative."))
    if effective_from < on:
        raise PriceRefused(_("A price can only be set from today on; past days stay as they were."))
    if cycle not in Cycle.values:
        raise PriceRefused(_("Choose a billing cycle."))


@transaction.atomic
def withdraw_price(*, price: PackagePrice, act: Act) -> None:
    """Take back a price that has not begun yet. Raises PriceRefused for one that has."""
    trail.begin(act=act.because(""))
    package = Package.objects.select_for_update().get(pk=price.package_id)
    if price.effective_from <= act.on:
        raise PriceRefused(_("This price has begun; set another one from a later day."))
    PackagePrice.objects.filter(pk=price.pk).delete()
    events.record(
        act=act,
        action="package.price_withdrawn",
        target=package,
        before={
            "cycle": price.cycle,
            "effective_from": price.effective_from,
            "net_amount": price.net_amount,
            "gross_amount": price.gross_amount,
        },
    )


def _save(
    package: Package, offer: Offer, ott_apps: tuple[OttApp, ...], action: str, *, act: Act
) -> Package:
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            if package.pk:
                package = Package.objects.select_for_update().get(pk=package.pk)
            before = _snapshot(package, offer) if package.pk else {}
            is_taxed_anew = bool(package.pk) and package.tax_class_id != offer.tax_class_id
            for field in fields(offer):
                setattr(package, field.name, getattr(offer, field.name))
            package.code = package.code.strip()
            package.save()
            package.ott_apps.set(ott_apps)
            if is_taxed_anew:
                taxes.reprice(package_ids=[package.pk], on=clock.local_date(act.at))
            was, now = events.changes(before, _snapshot(package, offer))
            events.record(
                act=act,
                action=action,
                target=package,
                before=was or None,
                after=now | {"ott_apps": [app.name for app in ott_apps]},
            )
    except IntegrityError as error:
        if "package_code_once" in str(error):
            raise CodeTaken(
                _("Another package already has the code %(code)s.") % {"code": offer.code}
            ) from error
        raise
    return package


def _put_away(package: Package, archived_at: datetime | None, action: str, *, act: Act) -> Package:
    trail.begin(act=act.because(""))
    package = Package.objects.select_for_update().get(pk=package.pk)
    if (package.archived_at is None) != (archived_at is None):
        package.archived_at = archived_at
        package.save(update_fields=["archived_at"])
        events.record(act=act, action=action, target=package)
    return package


def _snapshot(package: Package, offer: Offer) -> dict[str, Any]:
    return {field.name: getattr(package, field.name) for field in fields(offer)}
