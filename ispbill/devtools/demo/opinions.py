"""Whether customers would recommend us, over the last weeks: many would, some would not."""

from datetime import datetime, timedelta
from random import Random

from ispbill.accounts.models import User
from ispbill.core.acts import Act
from tickets.models import Opinion, SupportSettings
from tickets.rules import satisfaction
from tickets.services import opinions, opting_out

_WEEKS, _A_DAY = 12, 8
_SCORES = (10, 10, 9, 9, 9, 8, 8, 7, 7, 6, 5, 3)
_WORDS = {
    10: ["Never a day without a line.", ""],
    9: ["Friendly people.", ""],
    6: ["Slow in the evening."],
    5: ["I wait too long on the phone."],
    3: ["Off three times this month."],
}


def show(*, by: User, seed: int, now: datetime) -> None:
    """Ask some customers each week, let most of them answer, and `by` look into what was low."""
    SupportSettings.objects.get_or_create(pk=1, defaults={"opinions_a_day": _A_DAY})
    chance = Random(seed)
    for week in range(_WEEKS, 0, -1):
        at = now - timedelta(weeks=week) + timedelta(days=1)
        opinions.ask_due(act=Act(None, at))
    for asked in Opinion.objects.select_related("customer").order_by("asked_at", "pk"):
        if chance.random() > 0.65:
            continue
        score = chance.choice(_SCORES)
        at = min(asked.asked_at + timedelta(hours=chance.randint(1, 60)), now)
        said = opinions.Said(score, chance.choice(_WORDS.get(score, [""])))
        answered = opinions.answer(opinion=asked, said=said, act=Act(None, at))
        if score <= satisfaction.LOW_SCORE and at < now - timedelta(days=9):
            later = Act(by, at + timedelta(days=1))
            opinions.follow_up(opinion=answered, act=later)
    last = Opinion.objects.filter(score__lte=6).order_by("-asked_at").first()
    if last is not None and last.customer is not None:
        opting_out.stop(customer=last.customer, act=Act(None, now - timedelta(hours=2)))
