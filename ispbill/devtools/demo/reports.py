"""Reports the owner gets each month, what winning customers cost, and how the churn method did."""

from datetime import date, timedelta
from decimal import Decimal

from churn.services import trying
from ispbill.accounts.models import Branch, User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.reports.rules.months import first_of
from ispbill.reports.services import acquisition, schedules

_SENT = ("figures", "left")
_SPENT = ("6000.00", "4500.00", "8200.00", "3900.00")  # a month, in turn
_ASKED = timedelta(days=70)  # ago: two months have ended since


def show() -> None:
    """Have two reports sent to the owner, once the figures are built."""
    now = clock.now()
    owner = User.objects.filter(role=User.Role.OWNER, is_active=True).order_by("pk")[0]
    for report in _SENT:
        act = Act(owner, now - _ASKED)
        schedules.plan(report=report, every="MONTH", branch=None, people=[owner], act=act)
    schedules.send_due(at=now)
    _costs(owner, on=clock.local_date(now))
    trying.try_method(at=now)


def _costs(owner: User, *, on: date) -> None:
    """Enter what the last months cost each branch."""
    branches = list(Branch.objects.order_by("pk"))
    month = first_of(on)
    for step in range(6):
        month = first_of(month - timedelta(days=1))
        for place, branch in enumerate(branches):
            acquisition.enter(
                month=month,
                branch=branch,
                amount=Decimal(_SPENT[(step + place) % len(_SPENT)]),
                note="Posters and leaflets",
                act=Act(owner, clock.now()),
            )
