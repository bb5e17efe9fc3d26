"""Who may see which contract; the only door from a request to one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from contracts.models import Contract, ContractSeal
from contracts.rules import lifecycle
from customers.queries import search
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User

# What the role of the portals may read (`guards/table_contract.sql`).
PORTAL = (
    "number",
    "version_id",
    "customer_id",
    "subscription_id",
    "state",
    "starts_on",
    "ends_on",
    "minimum_until",
    "is_monthly",
    "price_amount",
    "gross_amount",
    "html",
    "path",
    "sha256",
    "verify_code",
    "sent_at",
    "signed_at",
    "over_at",
    "ended_on",
    "cause",
    "objected_on",
)
# What the portal may read of a version: its terms, not its words.
_TERMS = tuple(
    f"version__{name}"
    for name in ("term_months", "minimum_months", "notice_count", "notice_unit", "renewal")
    + ("renewal_binds", "price_lock", "fee", "fee_amount", "fee_rate", "cap_months")
    + ("cap_amount", "cooling_off_days")
)
RENEWALS_DAYS = 60


@dataclass(frozen=True)
class Filters:
    """What narrows the list; empty means any. `q` is a number or a customer."""

    view: str = ""
    q: str = ""
    agreement: int | None = None


def visible_to(user: User) -> QuerySet[Contract]:
    """Return the contracts a member of staff may open; a branch manager sees the branch's."""
    if not user.is_console_user or not may(user, "contracts.view"):
        return Contract.objects.none()
    branch = branch_scope(user)
    return Contract.objects.all() if branch is None else Contract.objects.filter(branch_id=branch)


def own(customer_ids: Iterable[int]) -> QuerySet[Contract]:
    """Return the contracts of a portal's customers that were sent to them."""
    found = Contract.objects.filter(customer_id__in=customer_ids)
    found = found.filter(sent_at__isnull=False).select_related("version")
    return found.only(*PORTAL, *_TERMS).order_by("-pk")


def of_partner(customer_ids: Iterable[int], view: str, *, on: date) -> QuerySet[Contract]:
    """Return the contracts of a reseller's customers that wait to be signed, end soon, or all."""
    found = own(customer_ids).select_related("version", "customer", "subscription__package")
    found = found.only(
        *PORTAL, *_TERMS, "customer__name", "customer__number", "subscription__package__name"
    )
    return in_view(found, view, on=on)


def waiting_tasks(customer_ids: Iterable[int], *, on: date) -> tuple[int, int]:
    """Return how many contracts of these customers wait to be signed, and how many end soon."""
    found = counts(Contract.objects.filter(customer_id__in=customer_ids), on=on)
    return found[lifecycle.SENT], found["renewals"]


def to_sign(customer_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the numbers of contracts that wait to be signed, by customer."""
    rows = Contract.objects.filter(customer_id__in=list(customer_ids), state=lifecycle.SENT)
    found: dict[int, list[str]] = {}
    for customer_id, number in rows.order_by("pk").values_list("customer_id", "number"):
        found.setdefault(customer_id, []).append(number)
    return found


def is_sealed(contract: Contract) -> bool:
    """Tell whether the signed paper is there to be read."""
    ready = ContractSeal.objects.filter(contract_id=contract.pk, state=ContractSeal.State.READY)
    return ready.exists()


def in_view(contracts: QuerySet[Contract], view: str, *, on: date) -> QuerySet[Contract]:
    """Narrow contracts to a tab of the list: a state, or `renewals` that are due."""
    if view == "renewals":
        return due_for_renewal(contracts, on=on)
    return contracts.filter(state=view) if view in Contract.State.values else contracts


def due_for_renewal(contracts: QuerySet[Contract], *, on: date) -> QuerySet[Contract]:
    """Return contracts in force whose term is over within sixty days."""
    return contracts.filter(
        state=lifecycle.ACTIVE, is_monthly=False, ends_on__lte=on + timedelta(days=RENEWALS_DAYS)
    )


def counts(contracts: QuerySet[Contract], *, on: date) -> dict[str, int]:
    """Return how many contracts each tab holds, in one query."""
    until = on + timedelta(days=RENEWALS_DAYS)
    due = Q(state=lifecycle.ACTIVE, is_monthly=False, ends_on__lte=until)
    found: dict[str, int] = contracts.aggregate(
        renewals=Count("pk", filter=due),
        **{state: Count("pk", filter=Q(state=state)) for state in Contract.State.values},
    )
    return found


def being_sent(contracts: QuerySet[Contract]) -> int:
    """Return how many drafts of a run wait for a worker to send them."""
    return contracts.filter(state=lifecycle.DRAFT, send_wanted_at__isnull=False).count()


def filtered(contracts: QuerySet[Contract], filters: Filters) -> QuerySet[Contract]:
    """Narrow contracts by the filters (the tab aside)."""
    if filters.agreement:
        contracts = contracts.filter(version__agreement=filters.agreement)
    text = filters.q.strip()
    if not text:
        return contracts
    meant = Q(number__iendswith=text) | Q(customer__number__iexact=text)
    return contracts.filter(meant | search.of_rows(text))


def of_word(digest: str) -> Contract | None:
    """Return the contract a link opens by the digest of its word."""
    rows = Contract.objects.select_related("customer", "version__agreement", "subscription")
    return rows.filter(link_digest=digest).first() if digest else None


def of_code(code: str) -> Contract | None:
    """Return the contract whose paper has this code, once it was sent."""
    rows = Contract.objects.select_related("customer", "seal").exclude(sent_at__isnull=True)
    return rows.filter(verify_code=code).first()


def listed(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Return contracts with what a row of the list shows."""
    return contracts.select_related("customer", "subscription__package", "version__agreement")
