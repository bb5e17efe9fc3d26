"""Whom a reseller's text would reach, and what may still go out today."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet, Sum

from customers.models import Customer, Subscription
from resellers.models import Reseller, ResellerMessage

Audience = ResellerMessage.Audience


def audience(customer_ids: Iterable[int], *, which: str, on: date, number: str = "") -> list[int]:
    """Return the ids of those of a reseller's customers a text is for, in order."""
    found = Customer.objects.filter(pk__in=customer_ids, archived_at=None)
    if which == Audience.OVERDUE:
        late = Q(account_state__oldest_due_date__lt=on, account_state__balance_amount__gt=0)
        found = found.filter(late)
    elif which == Audience.SUSPENDED:
        cut = Subscription.objects.filter(status=Subscription.Status.SUSPENDED)
        found = found.filter(pk__in=cut.values("customer"))
    elif which == Audience.ONE:
        found = found.filter(number=number)
    return list(found.order_by("pk").values_list("pk", flat=True))


def sent(reseller: Reseller) -> QuerySet[ResellerMessage]:
    """Return what a reseller has sent, the newest first."""
    return reseller.messages.select_related("sent_by").order_by("-sent_on", "-pk")


def left_today(reseller: Reseller, *, on: date) -> int:
    """Return how many messages may still go out on a day."""
    used = reseller.messages.filter(sent_on=on).aggregate(n=Sum("message_count"))["n"] or 0
    return max(0, reseller.messages_a_day - used)
