"""Notifications on a device: what they say, where they lead, how long and how urgently they wait.

They say what the SMS says, for whoever looks at the locked screen may read an SMS too. A link has
no place in them: tapping one leads to the page.
"""

import json
import re
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from ispbill.notifications.rules import offers
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.rules.push_sealing import MOST_BYTES, text_of

# "Pay: {pay_url}" goes as a whole; of a longer sentence, only the link and what leads to it.
_EITHER = re.compile(r"\{[a-z]+_url\} (?:or|বা) ")
_LABEL = re.compile(r"(?:(?<=[.!?।] )|(?<=\n)|^)[^.!?।{}\n]{1,15}:\s*\{[a-z]+_url\}[.।]? ?")
_LINK = re.compile(r":?\s*\{[a-z]+_url\}(?:(?=[.!?।])| ?)")
_SIGNATURE = re.compile(r"\s*\{company\}\s*$")  # the device says whose notification it is
_BANGLA = re.compile(r"[\u0980-\u09ff]")
_LONGEST = timedelta(days=3)
_TOPIC = 32  # characters, of RFC 8030


class Manner(NamedTuple):
    """How a push service is to treat a message (RFC 8030)."""

    seconds: int
    """How long it keeps the message for a device that is away."""
    urgency: str
    topic: str
    """A newer message of the same topic takes the place of one still waiting."""


def template(text: str) -> str:
    """Return an SMS template as that of a notification: without links and without signature."""
    stop = "।" if _BANGLA.search(text) else "."
    plain = _EITHER.sub("", _SIGNATURE.sub("", text))
    plain = _LINK.sub(f"{stop} ", _LABEL.sub("", plain))
    plain = re.sub(r"([.!?।])\s*[.।]", r"\1", plain)
    return re.sub(r"\s{2,}", " ", plain).strip()


def manner(event: str, *, fact: str, is_urgent: bool) -> Manner:
    """Return how a message about a fact is treated; `fact` is the same for all devices."""
    kept = min(EVENTS[event].useful_for or _LONGEST, _LONGEST)
    urgency = "high" if is_urgent else "low" if event in offers.COUNTED else "normal"
    return Manner(int(kept.total_seconds()), urgency, topic(fact))


def topic(fact: str) -> str:
    return text_of(sha256(fact.encode()).digest())[:_TOPIC]


def payload(*, title: str, body: str, path: str, tag: str) -> bytes:
    """Return what the service worker gets; a long text is cut, so that it fits."""
    while True:
        told = {"title": title, "body": body, "url": path, "tag": tag}
        raw = json.dumps(told, ensure_ascii=False).encode()
        if len(raw) <= MOST_BYTES:
            return raw
        over = len(raw) - MOST_BYTES
        body = body[: -max(1, over // 4 + 2)].rstrip("…") + "…"
