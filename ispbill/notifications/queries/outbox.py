"""The outbox as staff see it: whose messages, page by page, and how much of the recipient."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User
from ispbill.core import keyset, phones
from ispbill.notifications.models import DeliveryReport, Message

SIZES = (25, 50, 100, 200)
LATEST = 50  # messages shown on a customer's panel


@dataclass(frozen=True)
class Filters:
    """What narrows the outbox; empty means any."""

    q: str = ""
    """A whole phone number, an e-mail address, or a customer's number."""
    state: str = ""
    channel: str = ""
    event: str = ""


@dataclass(frozen=True)
class Row:
    """A message in a list, with as much of the recipient as the reader may see."""

    message: Message
    recipient: str
    customer_number: str
    customer_name: str


@dataclass(frozen=True)
class Page:
    """`newer` and `older` are cursors (message ids), "" where there is no more."""

    rows: list[Row]
    newer: str
    older: str
    size: int
    sizes: tuple[int, ...] = SIZES


def oldest_due(at: datetime, *, among: QuerySet[Message] | None = None) -> datetime | None:
    """Return since when the message waits that is due longest at a moment; None when none is."""
    messages = Message.objects.all() if among is None else among
    due = messages.filter(state=Message.State.QUEUED, next_attempt_at__lte=at)
    found: datetime | None = due.aggregate(oldest=Min("next_attempt_at"))["oldest"]
    return found


def visible_to(user: User) -> QuerySet[Message]:
    """Return the messages a member of staff may see; a branch manager's: of own customers."""
    if not user.is_console_user:
        return Message.objects.none()
    if branch_scope(user) is None:
        return Message.objects.all()
    return Message.objects.filter(Exists(customers_of(user).filter(pk=OuterRef("customer_id"))))


def found(user: User, filters: Filters) -> QuerySet[Message]:
    """Return the visible messages that the filters leave."""
    messages = visible_to(user)
    if filters.state:
        messages = messages.filter(state=filters.state)
    if filters.channel:
        messages = messages.filter(channel=filters.channel)
    if filters.event:
        messages = messages.filter(event=filters.event)
    return messages.filter(_about(filters.q)) if filters.q else messages


def page(
    messages: QuerySet[Message], *, user: User, size: int = 25, after: str = "", before: str = ""
) -> Page:
    """Return one page, newest first. A cursor that makes no sense leads to the first page."""
    size = size if size in SIZES else SIZES[0]
    found = keyset.page(messages, size=size, after=after, before=before)
    rows = as_rows(found.rows, user=user)
    return Page(rows=rows, newer=found.newer, older=found.older, size=size)


def of_customer(number: str, *, user: User) -> list[Row] | None:
    """Return a customer's latest messages; None for a customer the reader may not see."""
    pk = customers_of(user).filter(number=number).values_list("pk", flat=True).first()
    if pk is None:
        return None
    return as_rows(list(Message.objects.filter(customer_id=pk).order_by("-pk")[:LATEST]), user=user)


def of_invoice(number: str, *, user: User) -> list[Row] | None:
    """Return the messages that told of an invoice; None for one the reader may not see."""
    invoices = apps.get_model("billing", "Invoice")._default_manager.filter(number=number)
    customer_id = invoices.values_list("customer_id", flat=True).first()
    if customer_id is None:
        return None
    rows = visible_to(user).filter(customer_id=customer_id, context__invoice=number)
    if not customers_of(user).filter(pk=customer_id).exists():
        return None
    return as_rows(list(rows.order_by("-pk")[:LATEST]), user=user)


def reports_of(message: Message) -> list[DeliveryReport]:
    """Return what the provider told of a message, in the order in which it happened."""
    told = DeliveryReport.objects.filter(message_id=message.pk)
    return list(told.order_by("happened_at", "pk"))


def stand_in_of(message: Message) -> int | None:
    """Return the number of the SMS that goes in place of a WhatsApp message, None without one."""
    if message.channel != Message.Channel.WHATSAPP or message.state != Message.State.FAILED:
        return None
    others = Message.objects.filter(recipient=message.recipient, instead_of_id=message.pk)
    return others.values_list("pk", flat=True).first()


def as_rows(messages: list[Message], *, user: User) -> list[Row]:
    """Add the customers' names and the recipients as the reader may see them, in one query."""
    ids = {message.customer_id for message in messages if message.customer_id}
    known = {
        pk: (number, name)
        for pk, number, name in _customers().filter(pk__in=ids).values_list("pk", "number", "name")
    }
    sees_all = may(user, "customers.edit")
    rows = []
    for message in messages:
        number, name = known.get(message.customer_id, ("", ""))
        recipient = _whole(message.recipient) if sees_all else masked(message.recipient)
        rows.append(Row(message, recipient, number, name))
    return rows


def masked(recipient: str) -> str:
    """Hide most of a phone number or address: `017•••••001`, `am•••@demo.test`."""
    name, at, domain = recipient.partition("@")
    if "#" in recipient:  # a device is nobody's address
        return recipient
    if at:
        return f"{name[:2]}•••@{domain}"
    return phones.mask(recipient) if recipient.startswith("+") else "•••"


def _whole(recipient: str) -> str:
    return phones.national(recipient) if recipient.startswith("+") else recipient


def _about(q: str) -> Q:
    q = q.strip()
    if "@" in q:
        return Q(recipient=q.lower()) | Q(recipient=q)
    if q.upper().startswith("CT-"):
        return Q(customer_id__in=_customers().filter(number=q.upper()).values("pk"))
    try:
        return Q(recipient=phones.normalise(q))
    except phones.PhoneRefused:
        return Q(pk__in=[])


def customers_of(user: User) -> QuerySet:  # type: ignore[type-arg]
    """Return the customers whose messages a reader may see."""
    branch = branch_scope(user)
    return _customers() if branch is None else _customers().filter(branch_id=branch)


def _customers() -> QuerySet:  # type: ignore[type-arg]
    """The customers, by name of the table's model: their app lies above this one."""
    return apps.get_model("customers", "Customer")._default_manager.all()
