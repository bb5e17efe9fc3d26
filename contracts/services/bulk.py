"""Contracts for many customers: drawn up chunk by chunk, then sent one at a time.

A paper takes a moment to make and may not be made inside a transaction; so the run only draws up
and asks for sending, and the paper follows on its own, once, however often the worker dies.
"""

import logging
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Agreement, AgreementVersion, Contract
from contracts.rules import lifecycle
from contracts.services import agreements, drafting, history, papers
from customers.models import Customer, Subscription
from customers.services import bulk_runs
from customers.services.bulk_runs import Change, Outcome, Words
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.jobs import after_commit

log = logging.getLogger(__name__)

WHAT = "contracts"
_OPEN = (lifecycle.DRAFT, lifecycle.SENT, *lifecycle.BINDING)


def register() -> None:
    """Let many customers get a contract, with progress and a file of what became of each."""
    words = Words(
        gettext_lazy("Drawing contracts up"), gettext_lazy("drawn up"), gettext_lazy("left out")
    )
    bulk_runs.register(WHAT, _maker, words)


def _maker(values: dict[str, Any], *, act: Act[User]) -> Change:
    agreement = Agreement.objects.get(pk=values["agreement"])
    starts_on, sends = date.fromisoformat(values["starts_on"]), bool(values["sends"])

    def change(ids: list[int]) -> dict[int, Outcome]:
        live = Subscription.objects.exclude(status=Subscription.Status.CANCELLED)
        services = live.select_related("customer", "package").order_by("line_no")
        people = Customer.objects.filter(pk__in=ids).prefetch_related(
            Prefetch("subscriptions", services)
        )
        have = set(
            Contract.objects.filter(customer__in=ids, state__in=_OPEN).values_list(
                "subscription_id", flat=True
            )
        )
        outcomes = {
            person.pk: _draw_up(person, agreement, starts_on, sends, have, act=act)
            for person in people
        }
        after_commit("contracts.send_wanted")
        return outcomes

    return change


def _draw_up(
    person: Customer,
    agreement: Agreement,
    starts_on: date,
    sends: bool,
    have: set[int],
    *,
    act: Act[User],
) -> Outcome:
    if person.kind != agreement.kind:
        return "unchanged", _("The template is for another type of customer.")
    wanting = [one for one in person.subscriptions.all() if one.pk not in have]
    if not wanting:
        return "unchanged", _("There is no service without a contract.")
    version = agreements.newest(agreement)
    for service in wanting:
        _draft(service, version, starts_on, sends, act=act)
    return "changed", ""


def _draft(
    service: Subscription,
    version: AgreementVersion,
    starts_on: date,
    sends: bool,
    *,
    act: Act[User],
) -> Contract:
    """Draw up where nothing is unresolved, and ask for sending. Raises DomainError."""
    contract = drafting.draw_up(service=service, version=version, starts_on=starts_on, act=act)
    missing = papers.merged(contract).unresolved
    if missing:  # given up with the caller's transaction
        raise DomainError(_("Nothing is known for: %(fields)s.") % {"fields": ", ".join(missing)})
    if sends:
        contract.send_wanted_at = act.at
        contract.save(update_fields=["send_wanted_at"])
    return contract


@transaction.atomic
def offer(
    *, service: Subscription, version: AgreementVersion, starts_on: date, act: Act[User]
) -> Contract:
    """Draw a contract up and have a worker send it: for whoever waits for no paper.

    Raises DomainError: a contract waits or binds already, the day is over, something is unknown.
    """
    if starts_on < act.on:
        raise DomainError(_("The first day is today or later."))
    if Contract.objects.filter(subscription=service, state__in=_OPEN).exists():
        raise DomainError(_("This service has a contract already."))
    contract = _draft(service, version, starts_on, sends=True, act=act)
    after_commit("contracts.send_wanted")
    return contract


@transaction.atomic
def ask_to_send(*, contract: Contract, act: Act[User]) -> None:
    """Have a worker send a draft; asked for twice it is sent once. Raises DomainError."""
    trail.begin(act=act)
    contract = history.lock(contract)
    if contract.state != lifecycle.DRAFT:
        raise history.ImpossibleMove(
            _("%(number)s is no draft any more.") % {"number": contract.number}
        )
    missing = papers.merged(contract).unresolved
    if missing:
        raise DomainError(
            _("%(number)s: nothing is known for %(fields)s.")
            % {"number": contract.number, "fields": ", ".join(missing)}
        )
    if contract.send_wanted_at is None:
        contract.send_wanted_at = act.at
        contract.save(update_fields=["send_wanted_at"])
        history.record(contract, "send_wanted", act=act)
    after_commit("contracts.send_wanted")


def send_wanted(*, at: datetime) -> int:
    """Send the drafts that are asked to be sent, one transaction each; return how many were.

    Two senders are as good as one, and one draft that fails holds up no other: it is tried again.
    """
    sent = 0
    wanted = Contract.objects.filter(state=lifecycle.DRAFT, send_wanted_at__isnull=False)
    for pk in list(wanted.order_by("pk").values_list("pk", flat=True)):
        contract = Contract.objects.select_related("created_by").get(pk=pk)
        act: Act[User | None] = Act(contract.created_by, at)
        try:
            drafting.send(contract=contract, act=act)
        except DomainError as refusal:
            history.not_sent(contract, why=str(refusal), act=act)
        except Exception:
            log.exception("a contract could not be sent", extra={"contract": pk})
        else:
            sent += 1
    return sent
