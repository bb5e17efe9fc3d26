"""Steps of a contract, chained by hash, beside the audit event of each."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import Contract, ContractEvent
from contracts.rules import chain, lifecycle
from ispbill.audit.services import events
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class ImpossibleMove(DomainError):
    """The contract is in a state from which it cannot go where it was sent."""


def lock(contract: Contract) -> Contract:
    """Hold a contract until the transaction ends, and read it anew."""
    rows = Contract.objects.select_for_update(of=("self",))
    return rows.select_related("customer", "version__agreement", "subscription__package").get(
        pk=contract.pk
    )


def impossible(contract: Contract) -> ImpossibleMove:
    """Return the refusal of what the contract's state does not allow."""
    said = {"number": contract.number, "state": contract.get_state_display().lower()}
    return ImpossibleMove(_("%(number)s is %(state)s; this cannot be done with it now.") % said)


def move(contract: Contract, to: str, *, act: Act, **facts: Any) -> None:
    """Set the state of a locked contract and write the step. Raises ImpossibleMove."""
    if not lifecycle.may_go(contract.state, to):
        raise impossible(contract)
    before, contract.state = contract.state, to
    contract.save()
    step(contract, to.lower(), act=act, **facts)
    record(contract, to.lower(), act=act, before={"state": before}, after={"state": to})


def step(contract: Contract, kind: str, *, act: Act, **facts: Any) -> ContractEvent:
    """Append a step; the caller holds the contract."""
    last = ContractEvent.objects.filter(contract=contract).order_by("-step_no").first()
    previous = last.sha256 if last else ""
    told = {name: _plain(value) for name, value in facts.items()}
    if act.reason:
        told["reason"] = act.reason
    return ContractEvent.objects.create(
        contract=contract,
        customer_id=contract.customer_id,
        step_no=last.step_no + 1 if last else 1,
        at=act.at,
        kind=kind,
        actor_name=act.actor.name if act.actor is not None else "",
        facts=told,
        previous_sha256=previous,
        sha256=chain.link(previous, at=_moment(act.at), kind=kind, facts=told),
    )


@transaction.atomic
def not_sent(contract: Contract, *, why: str, act: Act) -> None:
    """Leave a draft a draft, with the reason it could not be sent.

    One that somebody else has sent meanwhile is left as it is.
    """
    held = lock(contract)
    if held.state != lifecycle.DRAFT or held.send_wanted_at is None:
        return
    held.send_wanted_at = None
    held.save(update_fields=["send_wanted_at"])
    step(held, "not_sent", act=act.because(why))


def is_whole(contract: Contract) -> bool:
    """Tell whether no step of a contract was changed or left out."""
    rows = ContractEvent.objects.filter(contract=contract).order_by("step_no")
    return chain.is_whole(
        (_moment(one.at), one.kind, one.facts, one.previous_sha256, one.sha256) for one in rows
    )


def record(
    contract: Contract,
    verb: str,
    *,
    act: Act,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write the audit event of an act on a contract."""
    events.record(act=act, action=f"contract.{verb}", target=contract, before=before, after=after)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _moment(at: datetime) -> str:
    """Write a moment as every reader of the row would: in UTC, whatever zone it was said in."""
    return at.astimezone(UTC).isoformat()
