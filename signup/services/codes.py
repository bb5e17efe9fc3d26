"""The code that proves a phone before an order counts: who may ask for how many of them.

Every number of the company's country gets the same answer, a customer's or nobody's. Ten an hour
go to whoever asks from one address and five hundred in all; then the owner is told.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts import signals
from ispbill.accounts.models import User
from ispbill.accounts.services import one_time_codes, throttle
from ispbill.core import phones
from ispbill.core.errors import DomainError
from ispbill.notifications.services import compose
from ispbill.notifications.services.compose import Letter
from signup.models import Order

PURPOSE = "sign-up"
BY_ADDRESS = 10  # an hour, as the next
IN_ALL = 500
BY_PHONE = 3  # in a quarter of an hour
BY_PHONE_A_DAY = 10
_ALL: Final = "signup-codes:all"
_HOUR = 3_600
_DAY = 86_400


class ForeignPhone(DomainError):
    """Codes are sent within the company's country only."""


def send(*, order: Order, ip: str, at: datetime) -> None:
    """Send a code to a draft's phone. Raises ForeignPhone, TooManyTries."""
    if not phones.is_home(order.phone):
        raise ForeignPhone(_("We can only send the code to a number of this country."))
    _take(order.phone, ip=ip, at=at)
    with transaction.atomic():
        code = one_time_codes.make(login=order.phone, purpose=PURPOSE, at=at)
        minutes = int(one_time_codes.LIFETIME.total_seconds()) // 60
        letter = Letter(
            phone=order.phone,
            email="",
            language=order.language,
            context={"name": order.name, "code": code, "minutes": str(minutes)},
            dedup=f"{order.pk}:{at.isoformat()}",
        )
        compose.enqueue(letter, event="signup_code", at=at, channels=["SMS"])


def is_right(*, order: Order, code: str, at: datetime) -> bool:
    """Tell whether this is the newest code of the draft's phone; a right one is used up."""
    return one_time_codes.check(login=order.phone, purpose=PURPOSE, code=code, at=at)


def _take(phone: str, *, ip: str, at: datetime) -> None:
    if ip:
        address = f"signup-codes:{throttle.network(ip)}"
        throttle.count_in([(address, BY_ADDRESS)], seconds=_HOUR)
    subject = f"signup-codes:phone:{throttle.mark(phone)}"
    throttle.count_in([(subject, BY_PHONE)])
    throttle.count_in([(f"{subject}:day", BY_PHONE_A_DAY)], seconds=_DAY)
    [count] = throttle.count_in([(_ALL, IN_ALL)], seconds=_HOUR)
    if count == IN_ALL:
        with transaction.atomic():
            signals.codes_used_up.send(sender=User, count=count, at=at)
