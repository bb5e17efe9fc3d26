"""Addresses of programs that are told what happens."""

from ispbill.core import clock, crypto
from ispbill.webhooks.models import Endpoint
from ispbill.webhooks.rules import signing
from ispbill.webhooks.rules.events import EVENTS


def told(events=EVENTS, *, url="http://127.0.0.1:8190/ok", **values):
    """Make an address as it stands after it was added; no name is looked up."""
    made = Endpoint(
        name="accounts", url=url, events=list(events), created_at=clock.real_now(), **values
    )
    made.sealed_secret = crypto.seal(signing.new_key(), context=made.context)
    made.save()
    return made
