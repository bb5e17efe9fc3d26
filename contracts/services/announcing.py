"""What customers are told of their contracts: by the outbox."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from contracts.models import Contract
from contracts.services import links
from ispbill.notifications.services import compose


def sent(contract: Contract, *, at: datetime) -> None:
    """Ask for the signature, with a link that needs no sign-in."""
    _link(contract, "contract_to_sign", dedup=f"{contract.number}:{contract.link_seed}", at=at)


def reminded(contract: Contract, *, at: datetime) -> None:
    """Remind that a contract waits to be signed."""
    dedup = f"{contract.number}:{contract.link_seed}:{contract.reminded_times}"
    _link(contract, "contract_reminder", dedup=dedup, at=at)


def code(contract: Contract, plain: str, *, row_id: int, at: datetime) -> None:
    """Send the code that confirms a signature, naming what is signed."""
    _tell(
        contract,
        "contract_code",
        dedup=f"{contract.number}:{row_id}",
        at=at,
        channels=("SMS",),
        code=plain,
        digest=contract.sha256[:8],
    )


def signed(contract: Contract, *, at: datetime) -> None:
    """Tell that it is signed, and where the copy lies."""
    _tell(
        contract, "contract_signed", dedup=contract.number, at=at, verify_url=verify_url(contract)
    )


def expiring(contract: Contract, *, days: int, at: datetime) -> int:
    """Tell that the term is nearly over, and what comes then; return how many messages."""
    return _tell(
        contract,
        "contract_expiring",
        dedup=f"{contract.number}:{contract.ends_on}:{days}",
        at=at,
        last_day=(contract.ends_on - timedelta(days=1)).isoformat(),
        renewal=contract.version.get_renewal_display(),
    )


def renewed(contract: Contract, *, at: datetime) -> None:
    """Tell until when a contract goes on."""
    last = (contract.ends_on - timedelta(days=1)).isoformat()
    dedup = f"{contract.number}:{contract.ends_on}"
    _tell(contract, "contract_renewed", dedup=dedup, at=at, last_day=last)


def ended(contract: Contract, *, at: datetime) -> None:
    """Tell that a contract is over."""
    _tell(contract, "contract_ended", dedup=contract.number, at=at)


def verify_url(contract: Contract) -> str:
    """Return where anybody can see whether a paper is the one that was signed."""
    return settings.PUBLIC_URL + reverse("public_contracts:contract", args=[contract.verify_code])


def _link(contract: Contract, event: str, *, dedup: str, at: datetime) -> None:
    if contract.link_seed is not None:
        _tell(contract, event, dedup=dedup, at=at, sign_url=links.url(contract.link_seed))


def _tell(
    contract: Contract,
    event: str,
    *,
    dedup: str,
    at: datetime,
    channels: tuple[str, ...] | None = None,
    **more: str,
) -> int:
    customer = contract.customer
    return compose.enqueue(
        compose.to_customer(customer, {"contract": contract.number, **more}, dedup=dedup),
        event=event,
        at=at,
        channels=channels,
    )
