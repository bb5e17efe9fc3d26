"""Notice against the renewal of a contract: it ends with its term, and the service goes on."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import AgreementVersion, Contract
from contracts.queries import rests
from contracts.rules import lifecycle, terms
from contracts.services import history
from ispbill.audit.services import trail
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class TooLateToObject(DomainError):
    """The last day for a notice against renewal is over, or nothing would be renewed."""


def last_day(contract: Contract) -> date | None:
    """Return until when a notice against renewal counts; None where nothing is renewed."""
    version = contract.version
    is_renewed = version.renewal != AgreementVersion.Renewal.NONE and not contract.is_monthly
    if contract.state != lifecycle.ACTIVE or contract.objected_on or not is_renewed:
        return None
    notice = terms.Notice(version.notice_count, terms.Unit(version.notice_unit))
    return terms.last_day_to_object(contract.ends_on, notice, rests.of_contract(contract))


@transaction.atomic
def object_to_renewal(*, contract: Contract, act: Act) -> Contract:
    """Let a contract end with its term. Raises TooLateToObject."""
    trail.begin(act=act)
    contract = history.lock(contract)
    until = last_day(contract)
    if until is None:
        raise TooLateToObject(_("This contract is not renewed."))
    if act.on > until:
        raise TooLateToObject(
            _("Notice against the renewal counted until %(day)s.") % {"day": formats.day(until)}
        )
    contract.objected_on = act.on
    contract.save(update_fields=["objected_on"])
    history.step(contract, "objected", act=act, ends_on=contract.ends_on)
    history.record(contract, "objected", act=act, after={"ends_on": contract.ends_on.isoformat()})
    return contract
