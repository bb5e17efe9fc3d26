"""Look for whose money open lines are, and write down what is likely; nothing is booked by it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ispbill.audit.services.jobs import Progress
from payments.bank.models import SettlementImport, StatementLine, StatementSuggestion
from payments.bank.queries import match_hints
from payments.bank.queries.match_hints import Names
from payments.bank.rules import matching
from payments.bank.rules.matching import Candidate, MatchHint
from payments.bank.services import other_owners
from payments.bank.services.other_owners import Owner

CHUNK = 400
_OPEN = (StatementLine.State.NEW, StatementLine.State.HELD)
_NAMED_PAYOUT, _LIKE_A_PAYOUT = 97, 70


def examine_open(
    *, at: datetime, statement_id: int | None = None, progress: Progress | None = None
) -> int:
    """Examine all open lines of money in, or those of one statement; return how many."""
    wanted = StatementLine.objects.filter(state__in=_OPEN, amount__gt=0)
    if statement_id is not None:
        wanted = wanted.filter(statement=statement_id)
    count = wanted.count()
    if progress is not None:
        progress.total(count, step="payers")
    if not count:
        return 0
    names, after = Names(), 0
    while True:
        chunk = list(wanted.filter(pk__gt=after).select_related("account").order_by("pk")[:CHUNK])
        if not chunk:
            return count
        examine(chunk, names=names, at=at)
        after = chunk[-1].pk
        if progress is not None:
            progress.advance(processed=len(chunk))


@transaction.atomic
def examine(lines: Sequence[StatementLine], *, names: Names, at: datetime) -> None:
    """Write anew what these lines may be."""
    found = match_hints.about(lines, names)
    payouts = match_hints.payouts(lines)
    owners = other_owners.find(lines)
    fresh: list[StatementSuggestion] = []
    for line in lines:
        one = found[line.pk]
        candidates = matching.weigh(
            booked_on=line.booked_on,
            tokens=one.tokens,
            match_hints=one.found,
            recorded=one.recorded,
        )
        rows = [_suggestion(line, candidate) for candidate in candidates]
        paid_out = [_payout(line, payout, one.tokens) for payout in payouts.get(line.pk, [])]
        others = [_owner(line, owner) for owner in owners.get(line.pk, [])]
        rows = sorted([*others, *paid_out, *rows], key=lambda row: -row.confidence)
        line.confidence = rows[0].confidence if rows else 0
        line.is_safe = _is_safe(rows, candidates)
        line.examined_at = at
        for rank, row in enumerate(rows[: matching.SHOWN], start=1):
            row.rank = rank
            fresh.append(row)
    StatementSuggestion.objects.filter(line__in=[line.pk for line in lines]).delete()
    StatementSuggestion.objects.bulk_create(fresh)
    StatementLine.objects.bulk_update(lines, ["confidence", "is_safe", "examined_at"])


def _is_safe(rows: Sequence[StatementSuggestion], candidates: Sequence[Candidate]) -> bool:
    if rows and (rows[0].payout_id is not None or rows[0].owner_key):
        others = [row for row in rows[1:] if row.confidence >= matching.DOUBT]
        return rows[0].confidence >= matching.SURE and not others
    return matching.is_safe(candidates)


def _suggestion(line: StatementLine, candidate: Candidate) -> StatementSuggestion:
    return StatementSuggestion(
        line=line,
        customer_id=candidate.customer_id,
        payment_id=candidate.payment_id,
        confidence=candidate.confidence,
        reasons=[[one.match_hint.value, one.detail] for one in candidate.reasons],
    )


def _payout(
    line: StatementLine, payout: SettlementImport, tokens: frozenset[str]
) -> StatementSuggestion:
    is_named = payout.reference.upper() in tokens
    reasons = [[MatchHint.AMOUNT.value, f"{payout.net_amount}"]]
    if is_named:
        reasons.insert(0, [MatchHint.REFERENCE.value, payout.reference])
    return StatementSuggestion(
        line=line,
        payout=payout,
        reasons=reasons,
        confidence=_NAMED_PAYOUT if is_named else _LIKE_A_PAYOUT,
    )


def _owner(line: StatementLine, owner: Owner) -> StatementSuggestion:
    return StatementSuggestion(
        line=line,
        owner_key=owner.key,
        owner_label=owner.label[:160],
        reasons=[[MatchHint.NUMBER.value, owner.reason]],
        confidence=owner.confidence,
    )
