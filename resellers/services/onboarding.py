"""A reseller's way: applied, active, suspended, closed; its login and its limits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Area, Customer
from ispbill.accounts.models import Branch, User
from ispbill.accounts.services import links, sessions
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from resellers.models import (
    Commission,
    CommissionBack,
    Payout,
    Reseller,
    ResellerUser,
    WalletRenewal,
)
from resellers.queries import wallets as facts
from resellers.rules import states

Status = Reseller.Status
_LIMITS = (
    "collection_limit",
    "remit_days",
    "credit_limit",
    "minimum_top_up",
    "low_mark",
    "minimum_payout",
    "withholding_rate",
    "may_collect",
    "may_add_customers",
    "needs_approval",
    "may_export",
    "may_message",
    "messages_a_day",
    "discount_limit",
)


_NEW_USER = "another user of a reseller was added"


class NameTaken(DomainError):
    """Another reseller has this name."""


class NotReady(DomainError):
    """Something an active reseller needs is missing."""


class WrongState(Stale):
    """A reseller does not go there from where it is."""


class StillOpen(DomainError):
    """A reseller is closed when nothing is left between it and the house."""


class LoginTaken(DomainError):
    """Somebody signs in with this e-mail already."""


@dataclass(frozen=True)
class Details:
    """Who applies. The phone in E.164."""

    name: str
    phone: str
    email: str
    branch: Branch
    kind: str
    commission_rate: Decimal
    """A fraction; the share without a plan."""
    payout_account: str = ""
    areas: Sequence[Area] = field(default_factory=list)


@transaction.atomic
def apply(*, details: Details, act: Act[User]) -> Reseller:
    """Write down an application; nobody signs in yet. Raises NameTaken."""
    trail.begin(act=act)
    name = details.name.strip()
    if Reseller.objects.filter(name=name).exists():
        raise NameTaken(_("There is a reseller of this name already."))
    made = Reseller.objects.create(
        name=name,
        phone=details.phone,
        email=details.email.strip().lower(),
        branch=details.branch,
        kind=Reseller.Kind(details.kind),
        commission_rate=details.commission_rate,
        payout_account=details.payout_account.strip(),
        status=Status.APPLIED,
    )
    made.areas.set(details.areas)
    events.record(target=made, action="reseller.applied", act=act, after={"kind": made.kind})
    return made


@transaction.atomic
def activate(*, reseller: Reseller, act: Act[User]) -> Reseller:
    """Let a reseller work: the first time with a login, later back from being suspended.

    Who signs in first sets a password by the link that the staff sends. Raises NotReady,
    WrongState, LoginTaken, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    reseller = _moving(reseller, Status.ACTIVE)
    missing = _missing(reseller)
    if missing:
        raise NotReady(
            _("Before a reseller is active, these are needed: %(what)s.")
            % {"what": ", ".join(missing)}
        )
    if reseller.user_id is None:
        reseller.user = _login(reseller.name, reseller.email, reseller, act=act)
    return _set(reseller, Status.ACTIVE, "reseller.activated", act=act)


@transaction.atomic
def suspend(*, reseller: Reseller, act: Act[User]) -> Reseller:
    """Stop collecting and wallet; sessions end. The customers' lines and bills go on.

    Raises WrongState, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    reseller = _moving(reseller, Status.SUSPENDED)
    done = _set(reseller, Status.SUSPENDED, "reseller.suspended", act=act)
    _end_sessions(done)
    return done


@transaction.atomic
def close(*, reseller: Reseller, act: Act[User]) -> Reseller:
    """End it for good, when nothing is left. Raises StillOpen, WrongState, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    reseller = _moving(reseller, Status.CLOSED)
    left = remaining(reseller)
    if left:
        raise StillOpen(_("There are still: %(what)s.") % {"what": ", ".join(left)})
    done = _set(reseller, Status.CLOSED, "reseller.closed", act=act)
    _end_sessions(done)
    return done


@transaction.atomic
def limit(*, reseller: Reseller, values: dict[str, Any], act: Act[User]) -> Reseller:
    """Change limits and switches (`_LIMITS`), rate and payout account. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    reseller = Reseller.objects.select_for_update(no_key=True, of=("self",)).get(pk=reseller.pk)
    names = [name for name in (*_LIMITS, "payout_account") if name in values]
    was = {name: str(getattr(reseller, name)) for name in names}
    for name in names:
        setattr(reseller, name, values[name])
    before, after = events.changes(was, {name: str(getattr(reseller, name)) for name in names})
    if not after:
        return reseller
    reseller.save(update_fields=names)
    WalletRenewal.objects.filter(reseller=reseller).update(tried_at=None)  # it may reach further
    events.record(target=reseller, action="reseller.limited", act=act, before=before, after=after)
    return reseller


@transaction.atomic
def add_user(
    *, reseller: Reseller, name: str, email: str, rights: str, act: Act[User]
) -> ResellerUser:
    """Let somebody else of the reseller sign in, with these rights. Raises LoginTaken."""
    trail.begin(act=act)
    user = _login(name, email, reseller, act=act.because(_NEW_USER))
    made = ResellerUser.objects.create(
        reseller=reseller, user=user, rights=ResellerUser.Rights(rights)
    )
    events.record(
        target=reseller,
        action="reseller.user_added",
        act=act,
        after={"login": user.login, "rights": rights},
    )
    return made


def remaining(reseller: Reseller) -> list[str]:
    """Name what is left between a reseller and the house."""
    wallet = facts.wallet_of(reseller)
    status = Commission.Status
    open_shares = Commission.objects.filter(
        reseller=reseller, status__in=[status.ACCRUED, status.APPROVED]
    )
    claims = CommissionBack.objects.filter(reseller=reseller, is_claim=True, payout__isnull=True)
    waiting = Payout.objects.filter(reseller=reseller, status=Payout.Status.WAITING)
    found = {
        _("customers"): Customer.objects.filter(reseller_id=reseller.pk).exists(),
        _("money held"): bool(wallet.held_amount),
        _("money in the wallet"): bool(wallet.balance_amount),
        _("transfers that wait"): facts.waiting_of(reseller).exists(),
        _("commissions to pay"): open_shares.exists(),
        _("claims"): claims.exists(),
        _("a payout that waits"): waiting.exists(),
    }
    return [what for what, is_left in found.items() if is_left]


def _missing(reseller: Reseller) -> list[str]:
    found = {
        _("an area"): not reseller.areas.exists(),
        _("a payout account"): not reseller.payout_account,
        _("an e-mail"): reseller.user_id is None and not reseller.email,
    }
    return [what for what, is_missing in found.items() if is_missing]


def _login(name: str, email: str, reseller: Reseller, *, act: Act[User]) -> User:
    """Make a login without a password, and send the link that sets one."""
    login = email.strip().lower()
    if User.objects.filter(login=login).exists():
        raise LoginTaken(_("Somebody signs in with this e-mail already."))
    user = User.objects.create_user(
        login,
        name=name,
        role=User.Role.RESELLER,
        branch_id=reseller.branch_id,
        phone=reseller.phone,
        email=login,
    )
    links.send(user=user, site=settings.PUBLIC_URL, act=act)
    return user


def _end_sessions(reseller: Reseller) -> None:
    users = User.objects.filter(reseller_user__reseller=reseller)
    for user in [*users.order_by("pk"), *([reseller.user] if reseller.user else [])]:
        sessions.revoke_all(user=user)


def _moving(reseller: Reseller, to: str) -> Reseller:
    found = Reseller.objects.select_for_update(no_key=True, of=("self",)).get(pk=reseller.pk)
    if not states.may_move(found.status, to):
        raise WrongState(
            _("This reseller is %(state)s.") % {"state": str(found.get_status_display()).lower()}
        )
    return found


def _set(reseller: Reseller, to: str, action: str, *, act: Act[User]) -> Reseller:
    was, reseller.status = reseller.status, Status(to)
    reseller.save(update_fields=["status", "user"])
    events.record(
        target=reseller, action=action, act=act, before={"status": was}, after={"status": to}
    )
    return reseller
