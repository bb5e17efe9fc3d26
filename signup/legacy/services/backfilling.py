"""Orders of the former system find their customers; what finds none says why."""

from dataclasses import dataclass

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import live
from ispbill.core.acts import Act
from signup.legacy.models import LegacyRecord, ValidationIssue
from signup.legacy.queries import records
from signup.legacy.queries.records import Counts
from signup.legacy.rules import matching
from signup.legacy.rules.matching import Verdict

CHUNK = 500


@dataclass(frozen=True)
class Backfilled:
    """What a run came to: how many orders it matched, and how all of them stand now."""

    newly: int
    counts: Counts


def run(*, act: Act[User | None]) -> Backfilled:
    """Match every order that belongs to nobody yet; again does nothing more."""
    newly, last = 0, 0
    while keys := _next(last):
        newly += _match(keys, act=act)
        last = keys[-1]
    orders = LegacyRecord.objects.filter(kind=LegacyRecord.Kind.ORDER)
    return Backfilled(newly, records.counts(orders))


def _next(after: int) -> list[int]:
    waiting = LegacyRecord.objects.filter(
        kind=LegacyRecord.Kind.ORDER, customer__isnull=True, pk__gt=after
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:CHUNK])


@transaction.atomic
def _match(keys: list[int], *, act: Act[User | None]) -> int:
    trail.begin(act=act.because(""))
    found = LegacyRecord.objects.select_for_update(of=("self",))
    waiting = list(found.filter(pk__in=keys, customer__isnull=True).order_by("pk"))
    known = records.named(
        {records.normal_email(one.email) for one in waiting},
        {records.normal_phone(one.phone) for one in waiting},
    )
    judged = [(one, records.verdict(one, known)) for one in waiting]
    matched = [_give(one, verdict, act=act) for one, verdict in judged if verdict.customer_id]
    LegacyRecord.objects.bulk_update(matched, ["customer", "matched_by", "matched_at"])
    ValidationIssue.objects.filter(record__in=matched, resolved_at=None).update(
        resolved_at=act.at, resolved_by=act.actor
    )
    _say_why([(one, verdict) for one, verdict in judged if not verdict.customer_id], act=act)
    for one in matched:
        events.record(
            act=act,
            action="legacy.matched",
            target=one,
            label=one.source_id,
            after={"by": one.matched_by},
        )
    live.changed("legacy")
    return len(matched)


def _give(record: LegacyRecord, verdict: Verdict, *, act: Act) -> LegacyRecord:
    record.customer_id = verdict.customer_id
    record.matched_by, record.matched_at = verdict.by, act.at
    return record


def _say_why(judged: list[tuple[LegacyRecord, Verdict]], *, act: Act) -> None:
    """Keep why orders belong to nobody; one that has not changed stays as it was found."""
    rows = ValidationIssue.objects.filter(record__in=[one for one, _v in judged], resolved_at=None)
    known = {row.record_id: row for row in rows}
    fresh = []
    for record, verdict in judged:
        issue = known.get(record.pk)
        if issue is not None and issue.error_type == verdict.error:
            continue
        if issue is not None:
            issue.resolved_at = act.at
            issue.save(update_fields=["resolved_at"])
        fix = matching.FIXES[verdict.error]
        fresh.append(
            ValidationIssue(
                record=record, error_type=verdict.error, suggested_fix=fix, found_at=act.at
            )
        )
    ValidationIssue.objects.bulk_create(fresh)
