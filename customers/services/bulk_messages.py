"""A text staff have written, to many customers: queued once for each who may get it.

It is a job like other changes to many: its file says who got nothing, and why. The outbox holds
the messages back in quiet hours and sends them at the providers' pace.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.queries import letters
from customers.queries.letters import Draft, Outlook
from customers.services import bulk_runs
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.models import Message
from ispbill.notifications.rules import wording
from ispbill.notifications.services import compose

WHAT = "message"


class DraftRefused(DomainError):
    """The text asks for a field nobody fills in, or an e-mail has no subject."""


def register() -> None:
    """Let jobs of changes to many customers send messages; `values` hold draft and key."""
    words = bulk_runs.Words(
        title=gettext_lazy("Sending messages"),
        changed=gettext_lazy("queued"),
        unchanged=gettext_lazy("not sent"),
    )
    bulk_runs.register(WHAT, _maker, words)


@transaction.atomic
def order(*, draft: Draft, customers: Sequence[int], key: str, act: Act[User]) -> JobRun:
    """Begin to send a draft to these customers (ids); the same key again begins nothing.

    Raises DraftRefused.
    """
    trail.begin(act=act)
    check(draft)
    run, is_new = bulk_runs.start_once(
        what=WHAT,
        values={"draft": asdict(draft), "key": key},
        customers=customers,
        key=key,
        act=act,
    )
    if is_new:
        events.record(
            act=act,
            action="customers.messaged",
            target=run,
            label=draft.text[:160],
            after={**asdict(draft), "customers": len(customers)},
        )
    return run


@transaction.atomic
def queue(
    *, draft: Draft, customers: Sequence[int], key: str, act: Act[User]
) -> dict[int, bulk_runs.Outcome]:
    """Put the messages of some customers into the outbox; return what became of each customer.

    With the same key each customer is told once, however often this is called.
    """
    trail.begin(act=act)
    terms = compose.terms(event=draft.event, at=act.at, is_urgent=False)
    rows: list[Message] = []
    outcomes: dict[int, bulk_runs.Outcome] = {}
    for letter in letters.letters(customers, draft, at=act.at):
        if letter.text is None:
            outcomes[letter.customer_id] = ("unchanged", letter.why_not)
            continue
        outcomes[letter.customer_id] = ("changed", "")
        fact = f"{key}:{letter.customer_id}"
        rows.append(
            Message(
                dedup_key=compose.key(event=draft.event, dedup=fact, channel=draft.channel),
                event=draft.event,
                channel=draft.channel,
                recipient=letter.recipient,
                customer_id=letter.customer_id,
                language=letter.language,
                context=letter.context,
                subject=letter.text.subject,
                body=letter.text.body,
                next_attempt_at=terms.first_chance(draft.channel),
                created_at=act.at,
            )
        )
    if rows and compose.insert(rows):
        compose.wake_after_commit()
    return outcomes


def outlook(*, draft: Draft, customers: Sequence[int], at: datetime) -> Outlook:
    """Return what sending a draft now would come to; writes nothing. Raises DraftRefused."""
    check(draft)
    terms = compose.terms(event=draft.event, at=at, is_urgent=False)
    return letters.outlook(customers, draft, at=at, leaves_at=terms.first_chance(draft.channel))


def check(draft: Draft) -> None:
    """Refuse a draft that cannot be sent as it is. Raises DraftRefused."""
    try:
        letters.check(draft)
    except wording.UnknownPlaceholder as error:
        raise DraftRefused(_("No field is called %(names)s.") % {"names": str(error)}) from error
    if not draft.text.strip():
        raise DraftRefused(_("There is no text to send."))
    if draft.channel == wording.EMAIL and not draft.subject.strip():
        raise DraftRefused(_("An e-mail needs a subject."))


def _maker(values: dict[str, Any], *, act: Act[User]) -> bulk_runs.Change:
    draft, key = Draft(**values["draft"]), values["key"]
    return lambda ids: queue(draft=draft, customers=ids, key=key, act=act)
