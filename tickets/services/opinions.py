"""Whether customers would recommend us: asked every so many months, answered once."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.services import facts
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.acts import Act
from tickets.models import Opinion, SupportSettings
from tickets.queries import answers, opinions
from tickets.services import announcing, apart
from tickets.services.surveys import LINK_DAYS, AlreadyAnswered, Expired


@dataclass(frozen=True)
class Said:
    """How likely a customer recommends us (0 to 10), and perhaps why."""

    score: int
    comment: str = ""


def ask_due(*, act: Act) -> int:
    """Ask those whose turn it is, at most so many a company day; return how many."""
    settings = SupportSettings.current()
    if not settings.asks_opinions:
        return 0
    today = Opinion.objects.filter(asked_at__gte=clock.midnight(act.on)).count()
    room = max(0, settings.opinions_a_day - today)
    found = opinions.due(at=act.at, months=settings.opinion_months)[:room]
    keys = list(found.values_list("pk", flat=True))
    return sum(_ask(pk, months=settings.opinion_months, act=act) for pk in keys)


@transaction.atomic
def _ask(pk: int, *, months: int, act: Act) -> int:
    customer = Customer.objects.select_for_update(no_key=True).get(pk=pk)
    if not opinions.due(at=act.at, months=months).filter(pk=pk).exists():
        return 0  # asked meanwhile, or wants to be asked nothing
    opinion = Opinion.objects.create(
        customer=customer,
        branch_id=customer.branch_id,
        area_id=customer.area_id,
        asked_at=act.at,
        expires_at=act.at + timedelta(days=LINK_DAYS),
        is_anonymous=SupportSettings.current().survey_anonymous,
    )
    announcing.opinion_asked(opinion, customer, at=act.at)
    return 1


@transaction.atomic
def answer(*, opinion: Opinion, said: Said, act: Act) -> Opinion:
    """Keep what a customer has said, once. Raises AlreadyAnswered, Expired."""
    trail.begin(act=act)
    opinion = Opinion.objects.select_for_update(of=("self",)).get(pk=opinion.pk)
    if opinion.is_answered:
        raise AlreadyAnswered(_("You have already answered. Thank you."))
    if act.at > opinion.expires_at:
        raise Expired(_("This link is too old. Thank you all the same."))
    row = apart.row_for(opinion, act=act)
    row.score, row.comment = said.score, said.comment.strip()[:2000]
    row.save()
    if opinion.customer_id is None or opinion.is_anonymous:
        return row
    mean, score = answers.standing(opinion.customer_id)
    facts.note_satisfaction(opinion.customer_id, satisfaction=mean, nps=score)
    _note(opinion, "answered", act=act, after={"score": opinion.score})
    return row


@transaction.atomic
def follow_up(*, opinion: Opinion, act: Act[User]) -> Opinion:
    """Keep that somebody has looked into a low score."""
    trail.begin(act=act)
    opinion = Opinion.objects.select_for_update(of=("self",)).get(pk=opinion.pk)
    if opinion.followed_up_at is None:
        opinion.followed_up_at, opinion.followed_up_by = act.at, act.actor
        opinion.save(update_fields=["followed_up_at", "followed_up_by"])
        _note(opinion, "followed_up", act=act)
    return opinion


def _note(opinion: Opinion, what: str, *, act: Act, after: dict[str, object] | None = None) -> None:
    events.record(
        act=act,
        action=f"opinion.{what}",
        target=opinion,
        label=opinion.customer.number if opinion.customer is not None else "",
        after=after,
    )
