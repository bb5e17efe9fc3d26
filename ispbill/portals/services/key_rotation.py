"""Sealing every secret anew with the newest key, row by row, while the product runs.

Every sealed column of every app is listed here (a test compares the list with the models), so the
command lives above them all. It can be cut off and started again: what is done is recognised.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from customers.models import Customer
from customers.services.profile import national_id_context
from ispbill.accounts.models import TotpDevice
from ispbill.accounts.services import second_factor
from ispbill.audit.services import trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import crypto
from network.models import Access, Router
from network.services import connections, lines
from payments.models import GatewayAccount, KnownPayer, PaymentMethod, StatementLine, Voucher
from payments.services import methods, voucher_batches
from payments.services.gateways import accounts
from payments.services.imports import payers

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


COLUMNS: tuple[Sealed, ...] = (
    Sealed(TotpDevice, "sealed_secret", second_factor.sealed_for),
    Sealed(Router, "sealed_password", connections.secret_place),
    Sealed(Access, "sealed_password", lines.secret_place),
    Sealed(
        Customer,
        "sealed_national_id",
        national_id_context,
        ("national_id_fingerprint", _for("national_id")),
    ),
    Sealed(
        Voucher,
        "sealed_code",
        voucher_batches.code_place,
        ("code_fingerprint", _for("voucher")),
    ),
    Sealed(GatewayAccount, "sealed_credentials", accounts.secret_place),
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
    Sealed(
        KnownPayer,
        "sealed_number",
        payers.payer_place,
        ("fingerprint", _for(payers.PURPOSE)),
    ),
)


def rotate(*, at: datetime, progress: Progress) -> None:
    """Seal whatever is not sealed with the newest key; note the rows no key can open."""
    for sealed in COLUMNS:
        _rotate_column(sealed, at=at, progress=progress)


def _rotate_column(sealed: Sealed, *, at: datetime, progress: Progress) -> None:
    label = f"{sealed.model._meta.label}.{sealed.column}"
    last = 0
    while True:
        rows = list(
            sealed.model._default_manager.filter(pk__gt=last)
            .exclude(**{sealed.column: ""})
            .order_by("pk")[:BATCH]
        )
        if not rows:
            return
        last = rows[-1].pk
        done = failed = 0
        with transaction.atomic():
            trail.begin(actor=None, at=at, reason="Sealing secrets with a new key")
            for row in rows:
                try:
                    done += _rotate_row(sealed, row)
                except crypto.Unreadable as error:
                    failed += 1
                    progress.problem(
                        item_type=sealed.model._meta.model_name or "",
                        item_id=row.pk,
                        label=f"{label} {row.pk}",
                        message=str(error),
                    )
        progress.advance(
            processed=done, skipped=len(rows) - done - failed, failed=failed, step=label
        )


def _rotate_row(sealed: Sealed, row: Any) -> int:
    """Return 1 when the row was changed. Somebody who changes it meanwhile wins."""
    before: str = getattr(row, sealed.column)
    values: dict[str, str] = {}
    plain = crypto.unseal(before, context=sealed.place(row))
    if not crypto.is_current(before):
        values[sealed.column] = crypto.seal(plain, context=sealed.place(row))
    if sealed.fingerprint is not None:
        column, make = sealed.fingerprint
        # It is made with the oldest key, so it changes when that key is taken away.
        found = make(row, plain)
        if getattr(row, column) != found:
            values[column] = found
    if not values:
        return 0
    unchanged = sealed.model._default_manager.filter(pk=row.pk, **{sealed.column: before})
    return int(unchanged.update(**values))
