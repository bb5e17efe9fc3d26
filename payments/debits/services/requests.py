"""What NetCash prepares for us: one request of a kind at a time, kept until it was fetched."""

from datetime import date, datetime, timedelta

from django.db import transaction

from payments.debits.models import NetcashRequest

GIVEN_UP_AFTER = timedelta(hours=2)
Outcome = NetcashRequest.Outcome


def waiting(kind: str) -> NetcashRequest | None:
    """Return the request of a kind that has not been answered yet."""
    return NetcashRequest.objects.filter(kind=kind, outcome=Outcome.WAITING).first()


def may_ask(kind: str, *, at: datetime) -> bool:
    """Tell whether nothing of the kind is being prepared; one that hangs is given up."""
    request = waiting(kind)
    return request is None or give_up_late(request, at=at)


def last_asked(kind: str) -> datetime | None:
    """Return when a kind was last asked for, answered or not."""
    return (
        NetcashRequest.objects.filter(kind=kind)
        .exclude(outcome=Outcome.FAILED)
        .order_by("-asked_at")
        .values_list("asked_at", flat=True)
        .first()
    )


@transaction.atomic
def opened(kind: str, *, token: str, from_day: date | None, at: datetime) -> NetcashRequest:
    """Keep the token of something that was asked for."""
    return NetcashRequest.objects.create(
        kind=kind, token=token[:100], from_day=from_day, asked_at=at
    )


@transaction.atomic
def close(
    request: NetcashRequest,
    *,
    outcome: str,
    at: datetime,
    rows: int = 0,
    new_rows: int = 0,
    note: str = "",
) -> None:
    """Write how a request ended."""
    NetcashRequest.objects.filter(pk=request.pk, outcome=Outcome.WAITING).update(
        outcome=Outcome(outcome).value,
        ended_at=at,
        rows=rows,
        new_rows=min(new_rows, rows),
        note=note[:300],
    )


def give_up_late(request: NetcashRequest, *, at: datetime) -> bool:
    """Close a request NetCash has not answered for hours; return whether it was."""
    if at - request.asked_at < GIVEN_UP_AFTER:
        return False
    close(request, outcome="FAILED", note="no answer for hours", at=at)
    return True
