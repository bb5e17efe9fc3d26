"""Money a gateway holds that is not credited by itself, as items of the inbox."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.approvals.services.approvals import Outcome
from customers.queries import urgency
from customers.views import inbox_words
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.inbox.queries.sources import (
    Change,
    Detail,
    Done,
    Fact,
    Given,
    Group,
    Line,
    Source,
    Verb,
    decided_words,
)
from payments.online.forms.online import SentByHand
from payments.online.models import PaymentAttempt
from payments.online.queries import checkouts
from payments.online.services import giving_back, review
from payments.online.views import checkout_effects, proving

State = PaymentAttempt.State
_PEOPLE = ("customer", "account", "first")


def _held(user: User, _at: datetime) -> QuerySet[PaymentAttempt]:
    return checkouts.visible_to(user).filter(state__in=PaymentAttempt.UNDECIDED)


def _owed_back(user: User, _at: datetime) -> QuerySet[PaymentAttempt]:
    return checkouts.not_sent_back(checkouts.visible_to(user))


def _odd(user: User, _at: datetime) -> QuerySet[PaymentAttempt]:
    return checkouts.odd(checkouts.visible_to(user))


def _listed(found: QuerySet[PaymentAttempt], at: datetime) -> QuerySet[PaymentAttempt]:
    return urgency.ranked(found.select_related(*_PEOPLE), at=at, since="started_at")


def _line(what: str, row: Any, amount: Decimal | None) -> Line:
    return Line(
        what=what % {"gateway": row.account.get_provider_display()},
        why=inbox_words.about(row.customer.name, inbox_words.cost(row)),
        since=row.paid_at or row.started_at,
        amount=amount,
        urgency=row.urgency,
    )


def _facts(row: Any) -> list[Fact]:
    facts = [inbox_words.whose(row.customer)]
    if row.instrument:
        facts.append(Fact(_("Paid with"), f"{row.instrument} {row.payer}".strip()))
    asked, paid = formats.money(row.amount), row.paid_amount
    facts.append(Fact(_("Asked for"), asked))
    if paid is not None:
        facts.append(Fact(_("Really paid"), formats.money(paid)))
    return facts


def _why(row: Any) -> str:
    if row.first is not None:
        return _("This page was paid more than once.")
    if row.state == State.HELD:
        return _("The gateway calls this payment risky.")
    if row.state == State.MISMATCH:
        said = _("Something else was paid than was asked: %(said)s.")
        return said % {"said": row.fail_words}
    return str(row.get_odd_display())


def _history(row: Any) -> list[tuple[datetime, str]]:
    """What was said about it, in the order it came."""
    found = [(row.started_at, _("The customer began to pay."))]
    if row.paid_at is not None:
        said = f"{row.get_state_display()}: {row.fail_words}".rstrip(": ")
        found.append((row.paid_at, f"{row.account.get_provider_display()}, {said}"))
    for one in row.callbacks.order_by("pk")[:6]:
        words = f": {one.words}" if one.words else ""
        found.append((one.received_at, f"{one.get_kind_display()}, {one.claim}{words}"))
    return sorted(found)


def _detail_held(_request: Request, row: Any) -> Detail:
    effects: list[str] = []
    changes: list[dict[str, str]] = []
    warning = ""
    try:
        effects, changes = checkout_effects.of_crediting(row, at=clock.now())
    except DomainError as refusal:
        warning = str(refusal)
    speaks_for, speaks_against = _reasons(row)
    return Detail(
        question=_("Take this %(amount)s or send it back?")
        % {"amount": formats.money(row.paid_amount or row.amount)},
        said=" ".join((_why(row), _("The money is there and not credited yet."))),
        facts=_facts(row),
        speaks_for=speaks_for,
        speaks_against=speaks_against,
        history=_history(row),
        changes=[Change(one["label"], one["before"], one["after"]) for one in changes],
        effects=effects,
        warning=warning,
        url=reverse("staff_payments:checkout", args=[row.order]),
    )


def _reasons(row: Any) -> tuple[list[str], list[str]]:
    """What speaks for a held payment and against it, of what the books know."""
    speaks_for, against = [], []
    if row.paid_amount == row.amount:
        speaks_for.append(_("Exactly what was asked for"))
    else:
        against.append(_("Another amount than was asked for"))
    kept = PaymentAttempt.objects.filter(customer=row.customer_id, state=State.SETTLED).count()
    if kept:
        speaks_for.append(_("Paid online %(n)s times before, all kept") % {"n": kept})
    else:
        against.append(_("Never paid online before"))
    back = PaymentAttempt.objects.filter(customer=row.customer_id, state=State.REVERSED).count()
    if back:
        against.append(_("%(n)s online payments were reversed") % {"n": back})
    if row.is_risky:
        against.append(_("Marked as risky by the gateway"))
    return speaks_for, against


def _detail_back(_request: Request, row: Any) -> Detail:
    amount = formats.money(row.owed_amount)
    return Detail(
        question=_("Send %(amount)s back?") % {"amount": amount},
        said=_("This payment was not accepted; it is owed back to the payer."),
        facts=_facts(row),
        history=_history(row),
        effects=[
            _("%(amount)s goes back the way it came, and the customer is told.")
            % {"amount": amount}
        ],
        warning=""
        if giving_back.can_send(row)
        else _("%(gateway)s sends money back only at its own pages. Do it there, then say so here.")
        % {"gateway": row.account.name},
        url=reverse("staff_payments:checkout", args=[row.order]),
    )


def _detail_odd(_request: Request, row: Any) -> Detail:
    return Detail(
        question=_("Did %(name)s mean to pay this?") % {"name": row.customer.name},
        said=f"{row.get_odd_display()}. "
        + _("What is credit pays the next bill, or can be sent back on the full page."),
        facts=_facts(row),
        history=_history(row),
        effects=[_("It is noted that you looked at it; nothing is booked.")],
        url=reverse("staff_payments:checkout", args=[row.order]),
    )


def _accept(request: Request, row: Any, given: Given) -> Done:
    act = Act.now(request.user, reason=given["reason"])
    review.accept(attempt=row, act=act, is_after_refusal=row.state == State.REFUSED)
    return Done(_("Credited to %(name)s.") % {"name": row.customer.name})


def _refuse(request: Request, row: Any, given: Given) -> Done:
    review.refuse(attempt=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("Not credited: it is owed back."))


def _look(request: Request, row: Any, _given: Given) -> Done:
    review.look(attempt=row, act=Act.now(request.user))
    return Done(_("Noted."))


def _send(request: Request, row: Any, given: Given) -> Done:
    proving.above_limit(request, row.owed_amount)
    act = Act.now(request.user, reason=given["reason"])
    done: Outcome = giving_back.send(attempt=row, act=act, by_hand=given.get("reference"))
    if done.approval is not None:
        return Done(_("It waits for a second person."))
    return Done(_("It is on its way."))


def _verbs_held(_request: Request, row: Any) -> list[Verb]:
    return [
        Verb("accept", _("Credit what was paid"), _accept, form=ReasonForm),
        Verb(
            "refuse",
            _("Do not credit"),
            _refuse,
            form=ReasonForm,
            is_refusal=True,
            effects=checkout_effects.of_refusing(row)[0],
        ),
    ]


def _verbs_back(_request: Request, row: Any) -> list[Verb]:
    by_hand = Verb("by-hand", _("It was sent back by hand"), _send, form=SentByHand)
    credit = Verb(
        "credit",
        _("Credit after all"),
        _accept,
        form=ReasonForm,
        capability="payments.reverse",
        is_refusal=True,
    )
    if not giving_back.can_send(row):
        return [by_hand, credit]
    return [Verb("send", _("Send back"), _send, form=ReasonForm), credit, by_hand]


def _verbs_odd(_request: Request, _row: Any) -> list[Verb]:
    return [Verb("look", _("Looked at"), _look)]


def _decided(user: User, key: int) -> str | None:
    found = checkouts.visible_to(user).select_related("reviewed_by", "looked_by")
    row = found.filter(pk=key).first()
    if row is None:
        return None
    if row.looked_by is not None:
        return decided_words(_("Looked at"), row.looked_by)
    return decided_words(row.get_state_display(), row.reviewed_by)


HELD = Source(
    kind="held-payment",
    label=gettext_lazy("Held online payment"),
    group=Group.MONEY,
    symbol="credit-card",
    capability="payments.reverse",
    waiting=_held,
    listed=_listed,
    line=lambda row: _line(_("Payment held by %(gateway)s"), row, row.paid_amount),
    detail=_detail_held,
    verbs=_verbs_held,
    decided=_decided,
)
OWED_BACK = Source(
    kind="owed-back",
    label=gettext_lazy("Online payment owed back"),
    group=Group.MONEY,
    symbol="receipt-refund",
    capability="payments.refund",
    waiting=_owed_back,
    listed=_listed,
    line=lambda row: _line(_("Owed back through %(gateway)s"), row, row.owed_amount),
    detail=_detail_back,
    verbs=_verbs_back,
    decided=_decided,
)
ODD = Source(
    kind="odd-payment",
    label=gettext_lazy("Online payment to look at"),
    group=Group.MONEY,
    symbol="eye",
    capability="payments.take",
    waiting=_odd,
    listed=_listed,
    line=lambda row: _line(_("Odd payment of %(gateway)s"), row, row.paid_amount),
    detail=_detail_odd,
    verbs=_verbs_odd,
    decided=_decided,
)
