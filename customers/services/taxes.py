"""Tax classes and their dated rates. A rate is never edited: a newer one ends it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Package, PackagePrice, TaxClass, TaxRate
from customers.queries import taxes
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class ClassCodeTaken(DomainError):
    """Another tax class has this code."""


class RateRefused(DomainError):
    """A rate is a fraction from 0 to below 1, begins today or later, one a day."""


class ClassInUse(DomainError):
    """A class that packages, add-ons or fees on sale are taxed by cannot be archived."""


def create(
    *, code: str, name: str, rate: Decimal, effective_from: date, act: Act, local_name: str = ""
) -> TaxClass:
    """Add a class with its first rate (a fraction). Raises ClassCodeTaken, RateRefused."""
    _check(rate)
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            row = TaxClass.objects.create(code=code.strip(), name=name, local_name=local_name)
            TaxRate.objects.create(tax_class=row, effective_from=effective_from, rate=rate)
            events.record(
                act=act,
                action="tax_class.created",
                target=row,
                after={"code": row.code, "name": name, "rate": rate, "from": effective_from},
            )
    except IntegrityError as error:
        _raise_if_code_taken(error, code)
        raise
    return row


def rename(
    *, tax_class: TaxClass, code: str, name: str, act: Act, local_name: str = ""
) -> TaxClass:
    """Call a class something else; bills issued keep what they say. Raises ClassCodeTaken."""
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            row = TaxClass.objects.select_for_update().get(pk=tax_class.pk)
            before = {"code": row.code, "name": row.name, "local_name": row.local_name}
            row.code, row.name, row.local_name = code.strip(), name, local_name
            row.save(update_fields=["code", "name", "local_name"])
            was, now = events.changes(
                before, {"code": row.code, "name": name, "local_name": local_name}
            )
            if now:
                events.record(
                    act=act, action="tax_class.renamed", target=row, before=was, after=now
                )
    except IntegrityError as error:
        _raise_if_code_taken(error, code)
        raise
    return row


@transaction.atomic
def archive(*, tax_class: TaxClass, act: Act) -> TaxClass:
    """Offer a class no longer. Raises ClassInUse while anything on sale is taxed by it."""
    trail.begin(act=act.because(""))
    row = TaxClass.objects.select_for_update().get(pk=tax_class.pk)
    if taxes.uses().get(row.pk):
        raise ClassInUse(_("%(name)s is the tax of something on sale.") % {"name": row.name})
    if row.archived_at is None:
        row.archived_at = act.at
        row.save(update_fields=["archived_at"])
        events.record(act=act, action="tax_class.archived", target=row)
    return row


@transaction.atomic
def restore(*, tax_class: TaxClass, act: Act) -> TaxClass:
    """Offer an archived class again."""
    trail.begin(act=act.because(""))
    row = TaxClass.objects.select_for_update().get(pk=tax_class.pk)
    if row.archived_at is not None:
        row.archived_at = None
        row.save(update_fields=["archived_at"])
        events.record(act=act, action="tax_class.restored", target=row)
    return row


@transaction.atomic
def set_rate(*, tax_class: TaxClass, rate: Decimal, effective_from: date, act: Act) -> TaxRate:
    """Let a new rate (a fraction) take over from a day on, and re-state the prices it changes.

    The price lists get rows of that day: the gross stays where it was agreed, else the net. `on`
    is today's company date. Raises RateRefused for a day gone by or one that has a rate already.
    """
    _check(rate)
    if effective_from < act.on:
        raise RateRefused(_("A rate begins today or later; days gone by keep theirs."))
    trail.begin(act=act.because(""))
    tax_class = TaxClass.objects.select_for_update().get(pk=tax_class.pk)
    if TaxRate.objects.filter(tax_class=tax_class, effective_from=effective_from).exists():
        raise RateRefused(
            _("A rate from this day is there already; a planned one can be withdrawn first.")
        )
    before = taxes.rate_on(tax_class_id=tax_class.pk, on=effective_from)
    row = TaxRate.objects.create(tax_class=tax_class, effective_from=effective_from, rate=rate)
    packages = Package.objects.filter(tax_class=tax_class).values_list("pk", flat=True)
    changed = reprice(package_ids=list(packages), on=effective_from)
    events.record(
        act=act,
        action="tax_rate.set",
        target=tax_class,
        before={"rate": before},
        after={"rate": rate, "from": effective_from, "prices": changed},
    )
    return row


@transaction.atomic
def withdraw_rate(*, rate: TaxRate, act: Act) -> None:
    """Take back a rate that has not begun yet; prices return to the rate before it.

    Raises RateRefused for one that has begun: only a newer rate ends it.
    """
    trail.begin(act=act.because(""))
    tax_class = TaxClass.objects.select_for_update().get(pk=rate.tax_class_id)
    if rate.effective_from <= act.on:
        raise RateRefused(_("This rate has begun. Set a newer one to end it."))
    TaxRate.objects.filter(pk=rate.pk).delete()
    packages = Package.objects.filter(tax_class=tax_class).values_list("pk", flat=True)
    reprice(package_ids=list(packages), on=rate.effective_from)
    events.record(
        act=act,
        action="tax_rate.withdrawn",
        target=tax_class,
        before={"rate": rate.rate, "from": rate.effective_from},
    )


def reprice(*, package_ids: Sequence[int], on: date) -> int:
    """State packages' prices of a company date, and later ones, with the rates of their days.

    Inside the caller's transaction. Days before `on` keep their rows: what holds on `on` is
    written as a row of that day. Returns how many prices are different.
    """
    rows = PackagePrice.objects.filter(package_id__in=package_ids).select_related(
        "package", "branch", "reseller"
    )
    current = (
        rows.filter(effective_from__lte=on)
        .order_by("package_id", "cycle", "branch_id", "reseller_id", "-effective_from")
        .distinct("package_id", "cycle", "branch_id", "reseller_id")
    )
    changed = 0
    for price in [*current, *rows.filter(effective_from__gt=on)]:
        day = max(price.effective_from, on)
        rate = taxes.rate_on(tax_class_id=price.package.tax_class_id, on=day)
        if rate == price.tax_rate:
            continue
        taxed = taxes.with_rate(price, rate)
        PackagePrice.objects.update_or_create(
            package=price.package,
            cycle=price.cycle,
            branch=price.branch,
            reseller=price.reseller,
            effective_from=day,
            defaults={
                "includes_tax": price.includes_tax,
                "net_amount": taxed.net,
                "tax_rate": rate,
                "gross_amount": taxed.gross,
            },
        )
        changed += 1
    return changed


def _check(rate: Decimal) -> None:
    if not 0 <= rate < 1:
        raise RateRefused(_("A rate lies between 0 and 100 %."))


def _raise_if_code_taken(error: IntegrityError, code: str) -> None:
    if "tax_class_code_once" in str(error):
        raise ClassCodeTaken(
            _("Another tax class has the code %(code)s.") % {"code": code}
        ) from error
