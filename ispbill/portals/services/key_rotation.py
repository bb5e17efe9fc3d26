"""Sealing every secret anew with the newest key, one by one, while the product runs.

Every sealed column and every sealed file of every app is listed here (a test compares the lists
with the models and with the code that seals), so the command lives above them all. It can be cut
off and started again: what is done is recognised. What lives for minutes only (codes by message,
tokens of gateways in the cache) is not sealed anew: it is over before a key is taken away.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models, transaction

from contracts.models import SealKey
from contracts.services import seal_keys
from customers.models import Customer
from customers.services.profile import national_id_context
from ispbill.accounts.models import TotpDevice
from ispbill.accounts.services import second_factor
from ispbill.audit.services import trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import crypto, sealed_files
from ispbill.core.acts import Act
from ispbill.notifications.models import MessageProvider, PushKeys
from ispbill.notifications.services import provider_accounts, push_keys
from network.interstellio.models import InterstellioSettings
from network.interstellio.services import accounts as interstellio_accounts
from network.models import Access, Router
from network.radius.models import RadiusSettings
from network.radius.services import keys as radius_keys
from network.services import connections, lines
from payments.bank.models import KnownPayer, SettlementImport, StatementImport, StatementLine
from payments.bank.services import files, payers
from payments.debits.services import methods
from payments.online.models import GatewayAccount, PaymentMethod
from payments.online.services import accounts
from payments.prepaid.models import Voucher, VoucherSheet
from payments.prepaid.services import voucher_batches, voucher_sheets
from signup.models import OrderDocument
from signup.services import documents as order_documents
from tickets.models import Mailbox
from tickets.services import mail_fetching

BATCH = 500


@dataclass(frozen=True)
class Sealed:
    """A sealed column: its model, its name, the place a row's value is bound to.

    `fingerprint` names the column that holds the value's keyed hash, and its purpose.
    """

    model: type[models.Model]
    column: str
    place: Callable[[Any], str]
    fingerprint: tuple[str, Callable[[Any, str], str]] | None = None
    """Its column, and what makes it of a row and its secret."""


def _for(purpose: str) -> Callable[[Any, str], str]:
    """Return how the fingerprint of a secret alone is made."""
    return lambda _row, plain: crypto.fingerprint(plain, purpose=purpose)


COLUMNS: list[Sealed] = [
    Sealed(SealKey, "sealed_key", seal_keys.sealed_for),
    Sealed(TotpDevice, "sealed_secret", second_factor.sealed_for),
    Sealed(Router, "sealed_password", connections.secret_place),
    Sealed(Access, "sealed_password", lines.secret_place),
    Sealed(InterstellioSettings, "sealed_password", interstellio_accounts.secret_place),
    Sealed(RadiusSettings, "sealed_key", radius_keys.secret_place),
    Sealed(
        Customer,
        "sealed_national_id",
        national_id_context,
        ("national_id_fingerprint", _for("national_id")),
    ),
    Sealed(
        Voucher, "sealed_code", voucher_batches.code_place, ("code_fingerprint", _for("voucher"))
    ),
    Sealed(GatewayAccount, "sealed_credentials", accounts.secret_place),
    Sealed(MessageProvider, "sealed_credentials", provider_accounts.secret_place),
    Sealed(Mailbox, "sealed_password", mail_fetching.secret_place),
    Sealed(PushKeys, "sealed_private_key", push_keys.secret_place),
    Sealed(
        PaymentMethod,
        "sealed_details",
        methods.secret_place,
        ("fingerprint", methods.fingerprint_again),
    ),
    Sealed(
        StatementLine,
        "sealed_payer",
        payers.line_place,
        ("payer_fingerprint", _for(payers.PURPOSE)),
    ),
    Sealed(KnownPayer, "sealed_number", payers.payer_place, ("fingerprint", _for(payers.PURPOSE))),
]
"""Floors above this one add theirs from their `AppConfig.ready`."""


@dataclass(frozen=True)
class SealedFile:
    """A column that names sealed files: its model, its name, what a row's file is bound to."""

    model: type[models.Model]
    column: str
    place: Callable[[Any], str]


FILES: tuple[SealedFile, ...] = (
    SealedFile(OrderDocument, "path", order_documents.place_of),
    SealedFile(VoucherSheet, "path", voucher_sheets.sheet_place),
    SealedFile(StatementImport, "path", lambda statement: files.place_of(statement.path)),
    SealedFile(SettlementImport, "path", lambda payout: files.place_of(payout.path)),
)


def rotate(*, at: datetime, progress: Progress) -> None:
    """Seal whatever is not sealed with the newest key; note the rows no key can open."""
    for sealed in COLUMNS:
        for rows in _batches(sealed.model, sealed.column):
            with transaction.atomic():
                trail.begin(act=Act(None, at, reason="Sealing secrets with a new key"))
                _each(sealed, rows, progress, partial(_rotate_row, sealed))
    for store in FILES:
        for rows in _batches(store.model, store.column):
            _each(store, rows, progress, partial(_rotate_file, store))


def check(*, progress: Progress) -> None:
    """Count what the newest key alone would not open or find: `processed` is what is left."""
    for sealed in COLUMNS:
        for rows in _batches(sealed.model, sealed.column):
            _each(sealed, rows, progress, partial(_is_behind, sealed))
    for store in FILES:
        for rows in _batches(store.model, store.column):
            _each(store, rows, progress, partial(_is_old, store))


def _batches(model: type[models.Model], column: str) -> Iterator[list[Any]]:
    last = 0
    while True:
        rows = list(
            model._default_manager.filter(pk__gt=last)
            .exclude(**{column: ""})
            .order_by("pk")[:BATCH]
        )
        if not rows:
            return
        last = rows[-1].pk
        yield rows


def _each(
    sealed: Sealed | SealedFile, rows: list[Any], progress: Progress, act: Callable[[Any], bool]
) -> None:
    """Do one thing with each row and count; what no key opens is a problem of the run."""
    label = f"{sealed.model._meta.label}.{sealed.column}"
    done = failed = 0
    for row in rows:
        try:
            done += act(row)
        except crypto.Unreadable as error:
            failed += 1
            progress.problem(
                item_type=sealed.model._meta.model_name or "",
                item_id=row.pk,
                label=f"{label} {row.pk}",
                message=error.detail,
            )
    progress.advance(processed=done, skipped=len(rows) - done - failed, failed=failed, step=label)


def _rotate_row(sealed: Sealed, row: Any) -> bool:
    """Return whether the row was changed. Somebody who changes it meanwhile wins."""
    values = _changes(sealed, row)
    if not values:
        return False
    before = getattr(row, sealed.column)
    unchanged = sealed.model._default_manager.filter(pk=row.pk, **{sealed.column: before})
    return bool(unchanged.update(**values))


def _is_behind(sealed: Sealed, row: Any) -> bool:
    return bool(_changes(sealed, row))


def _changes(sealed: Sealed, row: Any) -> dict[str, str]:
    """Return the columns that would read otherwise under the newest key. Raises Unreadable."""
    before: str = getattr(row, sealed.column)
    plain = crypto.unseal(before, context=sealed.place(row))
    values: dict[str, str] = {}
    if not crypto.is_current(before):
        values[sealed.column] = crypto.seal(plain, context=sealed.place(row))
    if sealed.fingerprint is not None:
        column, make = sealed.fingerprint
        if getattr(row, column) != (found := make(row, plain)):
            values[column] = found
    return values


def _rotate_file(store: SealedFile, row: Any) -> bool:
    """Return whether the file was written anew. One that is gone meanwhile stays gone."""
    if not _is_old(store, row):
        return False
    path, context = getattr(row, store.column), store.place(row)
    sealed_files.write(path, sealed_files.read(path, context=context), context=context)
    if not store.model._default_manager.filter(pk=row.pk, **{store.column: path}).exists():
        sealed_files.remove(path)
    return True


def _is_old(store: SealedFile, row: Any) -> bool:
    path = getattr(row, store.column)
    try:
        return not sealed_files.is_current(path, context=store.place(row))
    except OSError:
        return False  # thrown away: nothing is sealed any more
