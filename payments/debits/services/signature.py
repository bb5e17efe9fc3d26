"""What became of mandates at NetCash: a postback is a hint, the mandate list decides.

A postback has no signature (anybody may send one), so it is kept and makes us ask; nothing else.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from billing.ledger.services import account_states
from ispbill.audit.services import trail
from ispbill.core import faults, jobs
from ispbill.core.acts import Act
from payments.debits.models import Mandate, MandateHint, NetcashRequest
from payments.debits.services import mandates, notices, requests, submission
from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import MandateRow, MandateState, NetcashRefused

State = Mandate.State
MANDATES = NetcashRequest.Kind.MANDATES
ASK_EVERY = timedelta(minutes=15)
FRESH = timedelta(days=2)
ASK_STALE_EVERY = timedelta(hours=6)  # when nobody has asked for a mandate for so long
ASK_ACTIVE_EVERY = timedelta(days=1)  # a customer may withdraw one at NetCash
ARRIVES_WITHIN = timedelta(minutes=30)
"""What was sent and is in no list made so long after never arrived."""

# What of a postback is kept. Numbers of accounts and identity documents are not.
KEPT = (
    "MandateSuccessful", "IsDeclined", "ReasonForDecline", "AccountRef", "MandateStatus",
    "MandateReferenceNumber", "DebitDay", "AgreementDate", "BankName",
)  # fmt: skip
SIGNED = {MandateState.ACCEPTED, MandateState.VERIFIED}


@transaction.atomic
def hint(*, said: Mapping[str, str], at: datetime) -> MandateHint:
    """Keep a postback; when it names a mandate of ours, the mandate list is asked soon."""
    trail.begin(act=Act(None, at, reason="postback about a mandate"))
    said = {name: said[name].replace("\x00", "")[:200] for name in KEPT if name in said}
    reference = said.get("AccountRef", "").strip()[:40]
    mandate = Mandate.objects.filter(account_reference=reference).first()
    kept = MandateHint.objects.create(
        mandate=mandate,
        customer_id=mandate.customer_id if mandate is not None else None,
        account_reference=reference,
        said=said,
        at=at,
    )
    if mandate is not None and mandate.is_open:
        Mandate.objects.filter(pk=mandate.pk).update(hinted_at=at)
        jobs.after_commit("payments.follow_debit_orders")
    return kept


def ask(*, netcash: Netcash, at: datetime) -> bool:
    """Ask for the mandate list when somebody waits for it; return whether it was asked."""
    if not _is_wanted(at):
        return False
    if not requests.may_ask(MANDATES, at=at):
        return False
    requests.opened(MANDATES, token=netcash.ask_mandates(), from_day=None, at=at)
    return True


def read(*, netcash: Netcash, at: datetime) -> int:
    """Fetch the list that was asked for, if it is ready, and follow it; return what changed."""
    request = requests.waiting(MANDATES)
    if request is None:
        return 0
    try:
        rows = netcash.mandates(request.token)
    except NetcashRefused as error:
        requests.close(request, outcome="FAILED", note=str(error), at=at)
        raise
    if rows is None:
        requests.give_up_late(request, at=at)
        return 0
    changed = 0
    for row in rows:
        changed += _follow(row, at=at)
        faults.point("payments.debits.mandate_followed")
    _release_missing({row.account_reference for row in rows}, request.asked_at, at=at)
    requests.close(request, outcome="READ", rows=len(rows), new_rows=changed, at=at)
    return changed


def _is_wanted(at: datetime) -> bool:
    """Tell whether somebody waits for a signature, a sending is unclear, a postback has come since.

    The longer nothing new was asked for, the more seldom; active ones are looked at once a day.
    """
    last = requests.last_asked(MANDATES)
    hinted = Mandate.objects.filter(state__in=Mandate.OPEN, hinted_at__isnull=False)
    if last is not None:
        hinted = hinted.filter(hinted_at__gt=last)
    if hinted.exists():
        return True
    waiting = Mandate.objects.filter(
        Q(state__in=[State.SENT, State.ACCEPTED]) | Q(unsure_since__isnull=False)
    )
    newest = waiting.order_by("-asked_at").values_list("asked_at", flat=True).first()
    if newest is not None:
        every = ASK_EVERY if at - newest < FRESH else ASK_STALE_EVERY
    elif Mandate.objects.filter(state=State.ACTIVE).exists():
        every = ASK_ACTIVE_EVERY
    else:
        return False
    return last is None or at - last >= every


@transaction.atomic
def _follow(row: MandateRow, *, at: datetime) -> int:
    """Bring one mandate to what the list says; return 1 when that changed something."""
    found = Mandate.objects.filter(account_reference=row.account_reference).first()
    if found is None or not found.is_open:
        return 0
    trail.begin(act=Act(None, at, reason="NetCash's list of mandates"))
    mandate = mandates.locked(found)
    if not mandate.is_open:
        return 0
    before = mandate.state
    if mandate.state == State.PENDING:
        submission.note_sent(mandate, url="", tracking="", at=at)
    if mandate.state in (State.SENT, State.ACCEPTED) and row.state in SIGNED:
        _sign(mandate, at=at)
    elif row.state is MandateState.EXPIRED:
        mandates.end(mandate, state=State.EXPIRED, act=Act(None, at, reason="expired at NetCash"))
    elif row.state in (MandateState.DECLINED, MandateState.FAILED):
        _not_signed(mandate, row, at=at)
    elif row.state is MandateState.CHANGED and mandate.state == State.ACTIVE:
        mandates.stop(
            mandate, need=Mandate.Need.STAFF, act=Act(None, at, reason="details changed at NetCash")
        )
    return int(mandate.state != before)


def _sign(mandate: Mandate, *, at: datetime) -> None:
    """Put a signed mandate to use; an older one of the customer ends with it."""
    if mandate.state == State.SENT:
        mandate.state, mandate.signed_at = State.ACCEPTED, at
        mandate.save(update_fields=["state", "signed_at"])
        mandates.record("mandate.accepted", mandate, act=Act(None, at))
    older = Mandate.objects.filter(
        customer=mandate.customer_id, state__in=[State.ACTIVE, State.SUSPENDED]
    ).exclude(pk=mandate.pk)
    for one in older.order_by("pk"):
        reason = f"replaced by {mandate.account_reference}"
        mandates.end(mandates.locked(one), state=State.CANCELLED, act=Act(None, at, reason=reason))
    mandate.state = State.ACTIVE
    mandate.save(update_fields=["state"])
    mandates.record("mandate.active", mandate, act=Act(None, at))
    notices.active(mandate, at=at)


def _not_signed(mandate: Mandate, row: MandateRow, *, at: datetime) -> None:
    if mandate.state in (State.ACTIVE, State.SUSPENDED):
        mandates.end(
            mandate, state=State.CANCELLED, act=Act(None, at, reason="withdrawn at NetCash")
        )
        return
    is_declined = row.state is MandateState.DECLINED
    state = State.DECLINED if is_declined else State.FAILED
    reason = "declined by the customer" if is_declined else "failed at NetCash"
    mandates.end(mandate, state=state, act=Act(None, at, reason=reason))


def _release_missing(known: set[str], listed_at: datetime, *, at: datetime) -> None:
    """Let what certainly never arrived be sent again."""
    lost = Mandate.objects.filter(
        state=State.PENDING, unsure_since__lte=listed_at - ARRIVES_WITHIN
    ).exclude(account_reference__in=known)
    for one in lost.order_by("pk"):
        with transaction.atomic():
            trail.begin(act=Act(None, at, reason="the mandate never arrived"))
            account_states.lock([one.customer_id])
            Mandate.objects.filter(
                pk=one.pk, state=State.PENDING, unsure_since=one.unsure_since
            ).update(unsure_since=None, next_attempt_at=at)
