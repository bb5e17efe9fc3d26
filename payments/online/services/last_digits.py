"""The last digits of an account's phone number: what opens a paper for a person who holds only a
link.

Asked for a few times only: ten thousand endings are soon guessed. Per account, so that changing
the address helps nobody; and per address, so that one visitor does not try many links.
"""

import hmac

from django.utils.translation import gettext as _

from customers.models import Customer
from ispbill.accounts.services import throttle
from ispbill.core.errors import DomainError

COUNT = 4
# In fifteen minutes (`throttle.WINDOW`).
BY_ACCOUNT = 5
BY_ADDRESS = 20


class WrongDigits(DomainError):
    """The digits are not the end of a phone number of this account."""


def check(*, customer: Customer, digits: str, ip: str) -> None:
    """Return when `digits` end a phone number of the account. Raises WrongDigits, TooManyTries.

    A try is counted before it is judged, so rivals cannot share a count, and reversed when it
    was right.
    """
    limits = [(f"digits:account:{customer.pk}", BY_ACCOUNT)]
    if ip:
        limits.append((f"digits:address:{throttle.network(ip)}", BY_ADDRESS))
    throttle.count_in(limits)
    endings = [phone[-COUNT:] for phone in (customer.phone, customer.alternate_phone) if phone]
    if not any([hmac.compare_digest(ending.encode(), digits.encode()) for ending in endings]):
        raise WrongDigits(_("These are not the last digits of the phone number on this account."))
    for key, _limit in limits:
        throttle.take_back(key)
