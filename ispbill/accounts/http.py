"""The request as our views know it: signed in by one of our users, with htmx details."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from ispbill.accounts.models import User


class Request(HttpRequest):
    """A request behind an audience guard."""

    user: User
    htmx: HtmxDetails
    request_id: str
    customer_ids: list[int]  # portal and reseller requests: the accounts they may see
