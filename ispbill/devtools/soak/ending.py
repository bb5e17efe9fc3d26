"""What must hold when everything runs again: money, books, nothing stuck, nothing grown."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings

from billing.allocation.models import Payment
from ispbill.audit.models import JobRun
from ispbill.core import clock
from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.soak.people import Diary
from ispbill.notifications.models import Message
from ispbill.portals.queries import diagnosis
from ispbill.reports.queries import proofs
from payments.online.models import PaymentAttempt

TAKEN = {"VALID", "VALIDATED", "Completed", "Success"}  # a charge's words, gateway by gateway
STUCK = timedelta(minutes=15)


def findings(diary: Diary) -> list[str]:
    """Return every broken promise in words; none: all is well."""
    return [*_cash(diary), *awaited(diary), *_books(), *_stuck(), *_doctor()]


def _cash(diary: Diary) -> list[str]:
    found = []
    kept = dict(
        Payment.objects.filter(
            receipt_number__in=[receipt for receipt, _amount in diary.taken.values()],
            status=Payment.Status.COMPLETED,
        ).values_list("receipt_number", "amount")
    )
    for key, (receipt, amount) in diary.taken.items():
        if kept.get(receipt) != amount:
            found.append(f"payment {key}: receipt {receipt} of {amount} is {kept.get(receipt)}")
    made = Payment.objects.filter(pk__gt=diary.after, method=Payment.Method.CASH).count()
    if made != len(diary.asked):  # whatever receipt was told: one made twice has two
        found.append(f"{len(diary.asked)} payments were asked for, {made} are in the books")
    return found


def awaited(diary: Diary) -> list[str]:
    """Return the attempts whose money a gateway took: neither credited, nor before a person."""
    desk, attempts = Desk(settings.SANDBOX_DIR), PaymentAttempt.objects.in_bulk(list(diary.begun))
    waiting = (
        one
        for one in attempts.values()
        if one.state not in {PaymentAttempt.State.SETTLED, *PaymentAttempt.UNDECIDED}
    )
    return [
        f"the gateway was paid, attempt {one.order} is {one.state}"
        for one in waiting
        if any(charge["state"] in TAKEN for charge in desk.session(one.session_key)["charges"])
    ]


def credited(diary: Diary) -> Decimal:
    """Return the sum of online payments in the books."""
    rows = Payment.objects.filter(attempt__in=diary.begun).values_list("amount", flat=True)
    return sum(rows, Decimal(0))


def _books() -> list[str]:
    return [f"{one.check}: {one.meaning} ({one.count})" for one in proofs.check_all()]


def _stuck() -> list[str]:
    before = clock.now() - STUCK
    found = []
    runs = JobRun.objects.filter(status=JobRun.Status.RUNNING, started_at__lt=before)
    found += [f"job {one.job} runs since {one.started_at}" for one in runs[:5]]
    waiting = Message.objects.filter(
        state__in=[Message.State.QUEUED, Message.State.SENDING], next_attempt_at__lt=before
    )
    if count := waiting.count():
        found.append(f"{count} messages wait longer than a quarter of an hour")
    return found


def _doctor() -> list[str]:
    return [
        f"doctor: {one.name} {one.problem}"
        for one in diagnosis.examine()
        if one.problem and not one.is_warning
    ]
