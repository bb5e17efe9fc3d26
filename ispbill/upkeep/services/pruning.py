"""Remove what was kept long enough: some thousand rows a transaction, never the books.

The trail of who changed what, the books, contracts and versions are not pruned.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from customers.models import Lead
from fieldservice.services import photo_keeping
from ispbill.accounts.models import Attempts, OneTimeCode, SignedInSession
from ispbill.audit.models import JobRun
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from ispbill.reports.models import SentReport
from ispbill.upkeep.rules import keeping
from payments.online.models import GatewayCallback
from tickets.models import InboundMail

CHUNK = 5_000

Tell = Callable[[str, int], None]
_Rows = QuerySet[Any]


def prune(
    *, at: datetime, real_at: datetime, is_dry_run: bool = False, tell: Tell = lambda _n, _c: None
) -> dict[str, int]:
    """Remove what is over; return the rows of each kind (a dry run only counts).

    `at` is the business moment, `real_at` the machine's: codes and sessions live by that one.
    """
    country = Company.current().phone_region
    found: dict[str, int] = {}
    for kind, rows in _old(at, real_at, country).items():
        if is_dry_run:
            found[kind] = rows.count()
        elif kind == "message_text":
            found[kind] = _in_chunks(
                rows, lambda chunk: chunk.update(body="", subject="", context={})
            )
        elif kind == "mail_text":  # what was made of it stays, and that it came
            found[kind] = _in_chunks(
                rows, lambda chunk: chunk.update(raw=b"", sender="", sender_name="", subject="")
            )
        else:
            found[kind] = _in_chunks(rows, lambda chunk: chunk.delete()[0])
        tell(kind, found[kind])
    taken_before = at - timedelta(days=keeping.days("photos", country=country))
    found["photos"] = photo_keeping.prune(at=at, before=taken_before, is_dry_run=is_dry_run)
    tell("photos", found["photos"])
    return found


def _old(at: datetime, real_at: datetime, country: str) -> dict[str, _Rows]:
    def before(kind: str, now: datetime = at) -> datetime:
        return now - timedelta(days=keeping.days(kind, country=country))

    texts = Message.objects.filter(created_at__lt=before("message_text"))
    ended = Message.objects.filter(created_at__lt=before("messages"))
    under_way = [Message.State.QUEUED, Message.State.SENDING]
    return {
        "message_text": texts.exclude(body="", subject="", context={}).exclude(state__in=under_way),
        "mail_text": InboundMail.objects.filter(received_at__lt=before("mail_text")).exclude(
            raw=b""
        ),
        "messages": ended.exclude(state__in=under_way),
        "callbacks": GatewayCallback.objects.filter(received_at__lt=before("callbacks")).exclude(
            state=GatewayCallback.State.NEW
        ),
        "job_runs": _old_runs(before("job_runs")),
        "sign_ins": SignedInSession.objects.filter(last_seen_at__lt=before("sign_ins", real_at)),
        "sessions": Session.objects.filter(expire_date__lt=real_at),
        "codes": OneTimeCode.objects.filter(expires_at__lt=before("codes", real_at)),
        "attempts": Attempts.objects.filter(ends_at__lt=real_at),
        "sent_reports": SentReport.objects.filter(sent_at__lt=before("sent_reports")),
        "lost_leads": Lead.objects.filter(
            stage=Lead.Stage.LOST, customer=None, created_at__lt=before("lost_leads")
        ),
    }


def _old_runs(before: datetime) -> _Rows:
    """Runs of the log that are over, but for the last thirty of each job."""
    place = Window(RowNumber(), partition_by=F("job"), order_by=F("pk").desc())
    kept = (
        JobRun.objects.annotate(place=place)
        .filter(place__lte=keeping.RUNS_OF_EACH_JOB)
        .values("pk")
    )
    going_on = Q(status__in=[JobRun.Status.WAITING, JobRun.Status.RUNNING])
    return JobRun.objects.filter(started_at__lt=before).exclude(going_on).exclude(pk__in=kept)


def _in_chunks(rows: _Rows, work: Callable[[_Rows], int]) -> int:
    done = 0
    while True:
        with transaction.atomic():
            keys = list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK])
            if keys:
                work(rows.model._default_manager.filter(pk__in=keys))
        done += len(keys)
        if len(keys) < CHUNK:
            return done
