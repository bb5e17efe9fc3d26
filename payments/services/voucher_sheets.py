"""Sheets of cards as PDF: asked for, made by a worker, kept sealed, handed out with a trail."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import crypto, locks, pdf, sealed_files
from ispbill.core.jobs import after_commit, ring
from payments import tasks
from payments.models import Voucher, VoucherBatch, VoucherSheet
from payments.queries import voucher_paper
from payments.rules import voucher_codes

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
State = VoucherSheet.State


@transaction.atomic
def request(
    *, batch: VoucherBatch, language: str, per_page: int, at: datetime, actor: User
) -> VoucherSheet:
    """Ask for the sheets of a batch; a failed one is tried again, twice is once."""
    if per_page not in voucher_paper.PER_PAGE:
        raise ValueError("no such sheet")
    trail.begin(actor=actor, at=at)
    fresh = VoucherSheet(batch=batch, language=language, per_page=per_page, requested_at=at,
                         requested_by=actor)  # fmt: skip
    VoucherSheet.objects.bulk_create([fresh], ignore_conflicts=True)
    sheet = VoucherSheet.objects.select_for_update(of=("self",)).get(
        batch=batch, language=language, per_page=per_page
    )
    if sheet.state == State.READY and _opens(sheet):
        return sheet
    if sheet.state != State.REQUESTED or sheet.attempts == 0:
        sheet.state, sheet.attempts, sheet.error, sheet.path = State.REQUESTED, 0, "", ""
        sheet.save(update_fields=["state", "attempts", "error", "path"])
        after_commit(tasks.make_voucher_sheet, sheet_id=sheet.pk)
    return sheet


def make(*, sheet_id: int, at: datetime) -> bool:
    """Make a requested sheet outside any transaction; return whether one was made."""
    with locks.only_one(f"payments.voucher_sheet.{sheet_id}") as free:
        sheet = VoucherSheet.objects.select_related("batch__package").filter(pk=sheet_id).first()
        if not free or sheet is None or sheet.state != State.REQUESTED:
            return False
        if sheet.attempts >= MOST_ATTEMPTS:
            return _fail(sheet, "It could not be made several times in a row.")
        VoucherSheet.objects.filter(pk=sheet.pk).update(attempts=F("attempts") + 1)
        try:
            with translation.override(sheet.language):
                page = render_to_string("payments/pdf/vouchers.html", voucher_paper.context(sheet))
            content = pdf.render(page)
        except Exception as error:
            log.warning("voucher sheet not made", extra={"sheet": sheet.pk})
            return _fail(sheet, type(error).__name__)
        sheet.path = f"vouchers/{sheet.batch.number}-{sheet.language}-{sheet.per_page}.sealed"
        sealed_files.write(sheet.path, content, context=sheet_place(sheet))
        made = VoucherSheet.objects.filter(pk=sheet.pk, state=State.REQUESTED).update(
            state=State.READY, path=sheet.path, made_at=at, error=""
        )
        return bool(made)


def sheet_place(sheet: VoucherSheet) -> str:
    """Return what the file of a sheet is bound to."""
    return f"payments.voucher_sheet:{sheet.pk}"


def sweep() -> int:
    """Ring for sheets whose ring was lost or whose worker died; return how many."""
    waiting = list(
        VoucherSheet.objects.filter(state=State.REQUESTED)
        .order_by("pk")
        .values_list("pk", flat=True)[:50]
    )
    for pk in waiting:
        ring(tasks.make_voucher_sheet, sheet_id=pk)
    return len(waiting)


@transaction.atomic
def open_file(*, sheet: VoucherSheet, at: datetime, actor: User) -> bytes | None:
    """Return the PDF of a finished sheet and write down who took it; None without a file.

    Raises crypto.Unreadable; asked for anew (`request`) such a sheet is made again.
    """
    if sheet.state != State.READY or not sealed_files.exists(sheet.path):
        return None
    content = sealed_files.read(sheet.path, context=sheet_place(sheet))
    trail.begin(actor=actor, at=at)
    _record("voucher_batch.printed", sheet.batch, at=at, actor=actor)
    return content


@transaction.atomic
def export(*, batch: VoucherBatch, at: datetime, actor: User) -> list[tuple[str, str]]:
    """Return serial and written code of every card, and write down who took them."""
    trail.begin(actor=actor, at=at)
    _record("voucher_batch.exported", batch, at=at, actor=actor)
    return [
        (
            card.serial,
            voucher_codes.written(
                crypto.unseal(card.sealed_code, context=voucher_paper.place_of(card.serial))
            ),
        )
        for card in Voucher.objects.filter(batch=batch).order_by("serial")
    ]


def _record(action: str, batch: VoucherBatch, *, at: datetime, actor: User) -> None:
    events.record(
        at=at, actor=actor, action=action, target=batch, label=batch.number,
        branch_id=batch.branch_id, after={"count": batch.count},
    )  # fmt: skip


def _fail(sheet: VoucherSheet, message: str) -> bool:
    VoucherSheet.objects.filter(pk=sheet.pk).update(state=State.FAILED, error=message[:300])
    return False


def _opens(sheet: VoucherSheet) -> bool:
    try:
        sealed_files.is_current(sheet.path, context=sheet_place(sheet))
    except (OSError, crypto.Unreadable):
        return False
    return True
