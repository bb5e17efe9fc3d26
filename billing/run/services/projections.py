"""Work a day out: the bills, the messages, the late fees, who would be cut off, what resellers
would earn of it; and its hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import md5, sha256
from typing import Any

from billing.dunning.models import DunningEvent
from billing.dunning.queries import due_fees, due_steps, dunning, policies
from billing.dunning.rules.ladder import MESSAGES, Action
from billing.run.models import DryRunPart
from billing.run.queries import preview, shares
from billing.run.queries.preview import Preview
from billing.run.services import cycle
from ispbill.core import statements

Part = tuple[str, int, str]  # kind, customer id, digest
Kind = DryRunPart.Kind


@dataclass(frozen=True)
class Projection:
    """A day worked out, what each customer would get, and the hash of all of it."""

    on: date
    shown: Preview
    messages: due_steps.Plan
    fees: list[due_fees.Due]
    cuts: list[dunning.Judged]
    commissions: list[shares.Share]
    parts: list[Part]
    plan_hash: str

    @property
    def fee_amount(self) -> Decimal:
        """What the late fees come to with tax, in the company's currency."""
        return sum((one.amount.gross for one in self.fees), Decimal(0))


def project(*, on: date, bill_day: int | None = None, branch_id: int | None = None) -> Projection:
    """Work out what company date `on` would bring now; writes nothing.

    Messages and fees are those of bills that stand already: what the day itself bills is due later.
    Shares are what resellers earn when the day's bills are paid whole; nothing is earned before.
    """
    scope = cycle.scope_for(on=on, bill_day=bill_day, branch_id=branch_id)
    shown = preview.preview(scope, issued_on=on, with_digests=True)
    in_force = policies.in_force(on=on)
    messages = due_steps.plan(on=on, in_force=in_force, branch_id=branch_id)
    fees = due_fees.due(on=on, in_force=in_force, branch_id=branch_id)
    judged = dunning.judge(on=on, branch_id=branch_id, in_force=in_force)
    cuts = [one for one in judged if one.is_to_be_cut]
    parts = _parts(Kind.BILL, dict(shown.digests))
    parts += _parts(Kind.TELL, dict(messages.digests))
    parts += _parts(Kind.FEE, due_fees.digests(fees))
    parts += _parts(Kind.CUT, {one.customer_id: _cut(one) for one in cuts})
    earned = shares.expected(shown.totals)
    parts += _parts(Kind.EARN, {one.customer_id: _share(one) for one in earned})
    return Projection(on, shown, messages, fees, cuts, earned, parts, _hash(parts))


def figures(projection: Projection) -> dict[str, Any]:
    """Return the counts and sums of a projection as plain values."""
    ids = [pk for one in projection.cuts for pk in one.subscription_ids]
    routers: dict[str, int] = dict(
        statements.read(
            "SELECT r.name, count(*) FROM network_access a"
            " JOIN network_router r ON r.id = a.router_id"
            " WHERE a.subscription_id = ANY(%s) GROUP BY r.name ORDER BY r.name",
            [ids],
        )
    )
    return {
        **preview.as_dict(projection.shown),
        "messages": projection.messages.count,
        "messages_by_event": projection.messages.counts,
        "late_fees": len(projection.fees),
        "late_fee_amount": str(projection.fee_amount),
        "cut_customers": len(projection.cuts),
        "cut_services": len(ids),
        "cut_amount": str(sum(one.decision.amount for one in projection.cuts)),
        "routers": routers,
        "commission_amount": str(sum(one.amount for one in projection.commissions)),
        "commissions": [
            {
                "partner": one.partner,
                "customers": one.customers,
                "billed": str(one.billed),
                "amount": str(one.amount),
            }
            for one in shares.by_partner(projection.commissions)
        ],
    }


def month_before(on: date, *, branch_id: int | None = None) -> dict[str, Any]:
    """Return what the month before has seen: messages, late fees and cuts (how many) on the same
    day, and what resellers earned in the whole of it (an amount as text)."""
    last = on.replace(day=1) - timedelta(days=1)
    earned = shares.earned(last.replace(day=1), last, branch_id=branch_id)
    year, month = (on.year, on.month - 1) if on.month > 1 else (on.year - 1, 12)
    day = on.day
    while True:
        try:
            before = date(year, month, day)
            break
        except ValueError:
            day -= 1  # a day the month before does not have: its last one
    done = DunningEvent.objects.filter(on=before, outcome=DunningEvent.Outcome.DONE)
    if branch_id is not None:
        done = done.filter(customer__branch=branch_id)
    return {
        "messages": done.filter(action__in=[one.value for one in MESSAGES]).count(),
        "late_fees": done.filter(action=Action.LATE_FEE.value).count(),
        "cuts": done.filter(action=Action.SUSPEND.value).count(),
        "commission_amount": str(earned),
    }


def _parts(kind: DryRunPart.Kind, digests: Mapping[int, str]) -> list[Part]:
    return [(kind.value, pk, digests[pk]) for pk in sorted(digests)]


def _cut(judged: dunning.Judged) -> str:
    text = f"{judged.subscription_ids}|{judged.decision.amount:f}"
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _share(share: shares.Share) -> str:
    text = f"{share.partner_id}|{share.rate:f}|{share.amount:f}"
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _hash(parts: Sequence[Part]) -> str:
    digest = sha256()
    for part in parts:
        digest.update(f"{part[0]}:{part[1]}:{part[2]}\n".encode())
    return digest.hexdigest()
