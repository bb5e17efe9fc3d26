"""The books of the demo company as its nights would have left them: earned, sealed, closed."""

from datetime import timedelta

from django.db import transaction

from billing.books.queries import closing
from billing.ledger.models import PeriodClose
from billing.ledger.queries import trial
from billing.ledger.rules import months
from billing.ledger.services import ledger_seals, recognition
from ispbill.core.acts import Act
from ispbill.devtools.demo.days import Calendar, moment
from ispbill.devtools.demo.ground import Ground

OPEN_MONTHS = 2  # the present month, and the one before that is still being looked over


def keep(calendar: Calendar, *, base: Ground) -> None:
    """Recognise revenue up to yesterday, seal the journal, close all months but the latest."""
    today = calendar.today
    recognition.recognise(through=today - timedelta(days=1), act=Act(None, moment(today, 3)))
    ledger_seals.seal(on=today, at=moment(today, 3))
    _close(calendar, base=base)


@transaction.atomic
def _close(calendar: Calendar, *, base: Ground) -> None:
    """Write the closings of a year at once; the checklist of each is proven by the whole.

    The product closes a month after the nightly proof; here the books of a year were made within
    seconds and are proven when somebody asks.
    """
    first = closing.next_month()
    last = calendar.today
    for _month in range(OPEN_MONTHS):
        last = months.first_of(last) - timedelta(days=1)
    if first is None:
        return
    for start, end in months.between(first, last):
        if end > last:
            break
        balances = trial.trial_balance(start=start, end=end)
        PeriodClose.objects.create(
            first_day=start,
            last_day=end,
            entry_count=closing.entry_count(first=start, last=end),
            turnover_amount=balances.moved_in,
            figures={str(one.account.code): str(one.amount) for one in balances.balances},
            closed_at=moment(end + timedelta(days=4), 11),
            closed_by=base.staff["billing@demo.test"],
        )
