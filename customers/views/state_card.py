"""The card on top of a customer's page: how things stand, and the one next act."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.forms.customer import shown_phone
from customers.models import Customer, Subscription
from customers.rules import next_act
from customers.rules.next_act import State
from customers.views import links, state_words
from customers.views.standing import Standing
from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.core import formats

_TONES = {
    State.OFF_FOR_DEBT: "danger",
    State.PREPAID_OVER: "danger",
    State.DOWN: "warning",
    State.LATE: "warning",
}
_SWITCH = {
    State.OFF_FOR_DEBT: "service-reactivate",  # owed nothing, and still off
    State.PAUSED: "service-reactivate",
    State.OFF: "service-reactivate",
    State.NOT_INSTALLED: "service-activate",
}


@dataclass(frozen=True)
class CardAct:
    """A button of the card; `is_page`: no dialog. `hotkey` is a key of the page."""

    label: str
    symbol: str
    url: str
    hotkey: str = ""
    is_page: bool = False


@dataclass(frozen=True)
class Card:
    """What the card says. The first act is the next one; it is blue unless all is well."""

    state: State
    title: str
    text: str
    acts: list[CardAct] = field(default_factory=list)

    @property
    def tone(self) -> str:
        return _TONES.get(self.state, "plain")

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing has to be done: no act stands out then."""
        return self.state in (State.SETTLED, State.DUE, State.CLOSED)


def card(standing: Standing, user: User) -> Card:
    """Return the card of a customer for a member of staff."""
    state = next_act.state(standing.facts)
    title, text = state_words.of(state, standing)
    return Card(state, title, text, _acts(standing, state, user))


def _acts(standing: Standing, state: State, user: User) -> list[CardAct]:
    customer, owed = standing.customer, standing.owed
    takes = _take_payment(standing, user)
    asks = _asking(standing, user) if owed > 0 else []
    switch = _switch(standing, state, user)
    call = [_call(customer)] if customer.phone and state == State.DOWN else []
    if owed > 0:
        first = takes + asks + switch
    else:
        first = call + switch + (takes if state not in (State.CLOSED, State.NOT_INSTALLED) else [])
    return first


def _take_payment(standing: Standing, user: User) -> list[CardAct]:
    url = links.pay(user)
    if not url:
        return []
    label = _("Take payment")
    if standing.owed > 0:
        label = _("Take payment %(amount)s") % {"amount": formats.money(standing.owed)}
    return [CardAct(label, "cash", f"{url}?customer={standing.customer.number}", hotkey="p")]


def _asking(standing: Standing, user: User) -> list[CardAct]:
    """Return the ways to ask for money that is owed."""
    found = []
    if may(user, "messages.send"):
        url = f"{reverse('staff_customers:bulk-message')}?ids={standing.customer.pk}&about=pay"
        found.append(CardAct(_("Send pay link"), "send", url))
    promise = links.address("staff_billing:promise", standing.customer.number)
    if promise and may(user, "payments.take"):
        found.append(CardAct(_("Promise…"), "calendar-event", promise))
    return found


def _switch(standing: Standing, state: State, user: User) -> list[CardAct]:
    """Return the way to switch on what is off, unless money does it."""
    if state not in _SWITCH or (state == State.OFF_FOR_DEBT and standing.owed > 0):
        return []
    if not may(user, "services.switch"):
        return []
    status = Subscription.Status
    wanted = status.PENDING if state == State.NOT_INSTALLED else status.SUSPENDED
    service = next(iter(standing.with_status(wanted)), None)
    if service is None:
        return []
    url = links.address(
        f"staff_billing:{_SWITCH[state]}", standing.customer.number, service.line_no
    )
    label = _("Activate…") if state == State.NOT_INSTALLED else _("Resume…")
    return [CardAct(label, "player-play", url)] if url else []


def _call(customer: Customer) -> CardAct:
    said = {"phone": shown_phone(customer.phone)}
    return CardAct(_("Call %(phone)s") % said, "phone", f"tel:{customer.phone}", is_page=True)
