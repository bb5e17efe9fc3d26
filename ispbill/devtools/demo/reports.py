"""Reports the owner gets each month, and the last one as it was sent."""

from datetime import timedelta

from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.reports.services import schedules

_SENT = ("figures", "left")
_ASKED = timedelta(days=70)  # ago: two months have ended since


def show() -> None:
    """Have two reports sent to the owner, once the figures are built."""
    now = clock.now()
    owner = User.objects.filter(role=User.Role.OWNER, is_active=True).order_by("pk")[0]
    for report in _SENT:
        act = Act(owner, now - _ASKED)
        schedules.plan(report=report, every="MONTH", branch=None, people=[owner], act=act)
    schedules.send_due(at=now)
