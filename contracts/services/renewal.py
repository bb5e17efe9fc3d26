"""Contracts go on past their term: by their own rule when it is over, or by hand before that."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from billing.changes.services import exit_terms
from contracts.models import Contract
from contracts.queries import contracts as queries
from contracts.queries import telling
from contracts.rules import lifecycle, terms
from contracts.services import announcing, history, leaving_terms
from ispbill.audit.services import trail
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class NotRenewable(DomainError):
    """The contract is not in force, its end is far off, or somebody has renewed it meanwhile."""


def by_hand(contract: Contract, *, on: date) -> terms.Renewed | None:
    """Return what a renewal by hand would make of a contract; None where there is none to make."""
    if contract.state != lifecycle.ACTIVE:
        return None
    if not contract.is_monthly and contract.ends_on > on + timedelta(days=queries.RENEWALS_DAYS):
        return None
    return _next(contract, terms.Renewal.TERM, is_told=True)


@transaction.atomic
def renew(*, contract: Contract, act: Act, ends_on: date | None = None) -> Contract:
    """Let a contract go on for another term, as its customer has asked; a notice is forgotten.

    `ends_on` is the end who asks has seen: renewed meanwhile, it is not renewed once more. Raises
    ReasonMissing, NotRenewable.
    """
    act = trail.begin_with_reason(act=act)
    contract = history.lock(contract)
    if ends_on is not None and contract.ends_on != ends_on:
        raise NotRenewable(
            _("Somebody has renewed it meanwhile: it runs until %(day)s.")
            % {"day": formats.day(contract.ends_on)}
        )
    found = by_hand(contract, on=act.on)
    if found is None:
        raise NotRenewable(
            _("%(number)s can be renewed from %(count)s days before its term is over.")
            % {"number": contract.number, "count": queries.RENEWALS_DAYS}
        )
    contract.objected_on = None
    _go_on(contract, found, act=act)
    return contract


def end_term(contract: Contract, *, act: Act) -> bool:
    """Renew or end a held contract whose term is over; tell whether anything was done."""
    changed = False
    while contract.state == lifecycle.ACTIVE and contract.ends_on <= act.on:
        changed = True
        found = _next(contract, _renewal(contract), is_told=telling.was_told(contract))
        if found is None:
            contract.ended_on, contract.over_at = contract.ends_on, act.at
            history.move(contract, lifecycle.EXPIRED, act=act)
            exit_terms.forget(contract.subscription, on=contract.ends_on)
            return True
        _go_on(contract, found, act=act, is_told=not contract.is_monthly)
    return changed


def _next(contract: Contract, how: terms.Renewal, *, is_told: bool) -> terms.Renewed | None:
    """Return what comes after the present term when the contract goes on so."""
    return terms.renewed(
        first_start=contract.starts_on,
        ends_on=contract.ends_on,
        term_months=contract.version.term_months,
        renewal=how,
        is_told=is_told,
        binds=contract.version.renewal_binds,
    )


def _renewal(contract: Contract) -> terms.Renewal:
    """Return how a contract goes on: not at all when its customer has given notice against it."""
    if contract.objected_on is not None:
        return terms.Renewal.NONE
    if contract.is_monthly:
        return terms.Renewal.MONTHLY
    return terms.Renewal(contract.version.renewal)


def _go_on(contract: Contract, found: terms.Renewed, *, act: Act, is_told: bool = True) -> None:
    """Set the new end of a held contract. Months that follow months are not told of."""
    before = {"ends_on": contract.ends_on.isoformat()}
    contract.ends_on, contract.is_monthly = found.ends_on, found.is_monthly
    contract.minimum_until = found.minimum_until or contract.minimum_until
    contract.renewed_times += 1
    contract.save()
    if not is_told:
        return
    history.step(contract, "renewed", act=act, ends_on=contract.ends_on)
    after = {"ends_on": contract.ends_on.isoformat()}
    history.record(contract, "renewed", act=act, before=before, after=after)
    leaving_terms.note(contract, act=act)
    announcing.renewed(contract, at=act.at)
