"""How many one-time codes are sent: each is an SMS somebody pays for, and a phone that rings.

Three in a quarter of an hour and ten a day to a phone, ten in a quarter of an hour to whoever asks
from one address, and an hour's codes of the whole installation. A number nobody owns is counted
like any other, but for the last: nothing is sent to it, so it uses nothing up.
"""

import logging
import math
from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from ispbill.accounts import signals
from ispbill.accounts.models import User
from ispbill.accounts.services import throttle

BY_ADDRESS = 10  # in a quarter of an hour, as the next
BY_LOGIN = 3
BY_LOGIN_A_DAY = 10
AN_HOUR = 200  # of the installation, or this share of the customers where that is more:
PERCENT_AN_HOUR = 2
WARNED_PERCENT = 80

_HOUR = 3_600
_DAY = 86_400
_ALL = "codes:all"

log = logging.getLogger(__name__)


def take(*, login: str, ip: str, is_known: bool, at: datetime) -> None:
    """Count a code about to be sent to a login, asked for from an address ("" is none).

    Raises TooManyTries. Who is refused by the first budget uses up nothing of the next.
    """
    if ip:
        throttle.count_in([(f"codes:address:{throttle.network(ip)}", BY_ADDRESS)])
    subject = f"codes:login:{throttle.mark(login)}"
    throttle.count_in([(subject, BY_LOGIN)])
    throttle.count_in([(f"{subject}:day", BY_LOGIN_A_DAY)], seconds=_DAY)
    limit = most()
    [count] = throttle.count_in([(_ALL, limit)], seconds=_HOUR)
    if is_known:
        _tell(count, limit, at=at)
    else:
        throttle.take_back(_ALL)


def most() -> int:
    """Return how many codes the installation sends in an hour; customers are counted hourly."""
    customers: int | None = cache.get("codes:customers")
    if customers is None:
        customers = User.objects.filter(role=User.Role.CUSTOMER, is_active=True).count()
        cache.set("codes:customers", customers, _HOUR)
    return max(AN_HOUR, math.ceil(customers * PERCENT_AN_HOUR / 100))


def sent() -> int:
    """Return how many codes were sent in the hour that runs."""
    count = throttle.used(_ALL)
    return min(count, most()) if count else 0  # what was refused is counted, and was not sent


def used_ratio() -> float:
    """Return how much of the hour's budget is used: 0.0 to 1.0."""
    count = sent()
    return count / most() if count else 0.0


def is_scarce() -> bool:
    """Tell whether so many codes were sent that somebody should look why."""
    count = sent()
    return count > 0 and count >= _warned_at(most())


def _tell(count: int, limit: int, *, at: datetime) -> None:
    facts = {"budget": "one-time-codes", "used": count, "most": limit}
    if count == limit:
        log.error("one-time codes at the end of their budget", extra=facts)
        with transaction.atomic():
            signals.codes_used_up.send(sender=User, count=count, at=at)
    elif count == _warned_at(limit):
        log.warning("one-time codes near their budget", extra=facts)


def _warned_at(limit: int) -> int:
    return math.ceil(limit * WARNED_PERCENT / 100)
