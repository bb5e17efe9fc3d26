"""Draw a contract up, send it to be signed, take it back."""

import secrets
import uuid
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import Agreement, AgreementVersion, Contract
from contracts.rules import lifecycle, terms
from contracts.services import agreements, announcing, history, links, papers
from customers.models import Subscription
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.services import numbering

LINK_LIFETIME = timedelta(days=lifecycle.LINK_DAYS)


class NotSendable(DomainError):
    """Something the text asks for is not known, or the contract changed while it was printed."""


def version_for(service: Subscription) -> AgreementVersion:
    """Return what the customer's type signs. Raises DomainError where there is none."""
    agreement = Agreement.objects.filter(kind=service.customer.kind, is_default=True).first()
    if agreement is None:
        raise DomainError(_("There is no template for this type of customer yet."))
    return agreements.newest(agreement)


@transaction.atomic
def draw_up(
    *,
    service: Subscription,
    version: AgreementVersion,
    starts_on: date,
    act: Act[User | None],
    rest_of: Contract | None = None,
) -> Contract:
    """Make a draft for a service; one that binds it already is superseded once this is signed.

    `rest_of`: a contract taken over from somebody else, of which the term and the minimum that are
    left are signed. Raises DomainError for a service that has ended, and where nothing is left.
    """
    trail.begin(act=act)
    service = Subscription.objects.select_related("customer").get(pk=service.pk)
    if service.status == Subscription.Status.CANCELLED:
        raise DomainError(_("This service has ended."))
    rows = Contract.objects.filter(subscription=service, state__in=lifecycle.BINDING)
    old = rows.order_by("-pk").first()
    AgreementVersion.objects.filter(pk=version.pk, used_at__isnull=True).update(used_at=act.at)
    ends_on, minimum_until = _days(version, starts_on, rest_of)
    contract = Contract(
        version=version,
        customer=service.customer,
        subscription=service,
        branch_id=service.customer.branch_id,
        supersedes=old,
        starts_on=starts_on,
        ends_on=ends_on,
        minimum_until=minimum_until,
        price_amount=service.price_amount,
        gross_amount=service.gross_amount,
        verify_code=secrets.token_hex(8),
        created_by=act.actor,
        created_at=act.at,
    )
    number = numbering.take(series="CON", year=act.on.year)
    contract.number = numbering.written(series="CON", year=act.on.year, number=number)
    contract.save(force_insert=True)
    taken = {"rest_of": rest_of.number} if rest_of is not None else {}
    history.step(contract, "drawn_up", act=act, starts_on=starts_on, version=str(version), **taken)
    history.record(contract, "drawn_up", act=act, after={"starts_on": starts_on.isoformat()})
    return contract


def _days(
    version: AgreementVersion, starts_on: date, rest_of: Contract | None
) -> tuple[date, date | None]:
    """Return the first free days of term and minimum."""
    if rest_of is None:
        minimum = version.minimum_months
        return (
            terms.after_months(starts_on, version.term_months),
            terms.after_months(starts_on, minimum) if minimum else None,
        )
    if rest_of.signed_at is None or rest_of.ends_on <= starts_on:
        raise DomainError(
            _("Nothing is left of %(number)s on that day.") % {"number": rest_of.number}
        )
    until = rest_of.minimum_until
    return rest_of.ends_on, until if until is not None and until > starts_on else None


def send(*, contract: Contract, act: Act[User | None]) -> Contract:
    """Fix the bytes of a draft and send the link to sign it.

    The paper is made before the transaction: its bytes are what is signed, so they cannot follow
    later. Raises NotSendable, ImpossibleMove, PdfUnavailable.
    """
    shown = papers.merged(contract)
    if shown.unresolved:
        raise NotSendable(
            _("Nothing is known for: %(fields)s.") % {"fields": ", ".join(shown.unresolved)}
        )
    if not lifecycle.may_go(contract.state, lifecycle.SENT):
        raise history.ImpossibleMove(_("Only a draft can be sent."))
    digest, path = papers.keep(papers.make(contract, shown.html))
    return _send(contract, shown.html, digest, path, act=act)


@transaction.atomic
def _send(contract: Contract, html: str, digest: str, path: str, *, act: Act) -> Contract:
    trail.begin(act=act)
    contract = history.lock(contract)
    if papers.merged(contract).html != html:
        raise NotSendable(_("Something has changed meanwhile. Look at it again."))
    service = contract.subscription
    contract.price_amount, contract.gross_amount = service.price_amount, service.gross_amount
    contract.html, contract.sha256, contract.path = html, digest, path
    contract.sent_at, contract.send_wanted_at = act.at, None
    _give_link(contract, act=act)
    history.move(contract, lifecycle.SENT, act=act, sha256=digest)
    announcing.sent(contract, at=act.at)
    return contract


@transaction.atomic
def send_link(*, contract: Contract, act: Act[User | None]) -> Contract:
    """Send a new link for a contract that waits to be signed; the old one is dead."""
    trail.begin(act=act)
    contract = history.lock(contract)
    if contract.state != lifecycle.SENT:
        raise history.ImpossibleMove(_("This contract does not wait for a signature."))
    _give_link(contract, act=act)
    contract.save(update_fields=["link_seed", "link_digest", "link_expires_at", "link_tries"])
    history.step(contract, "link_sent", act=act)
    history.record(contract, "link_sent", act=act)
    announcing.sent(contract, at=act.at)
    return contract


@transaction.atomic
def void(*, contract: Contract, act: Act[User | None]) -> Contract:
    """Take back a contract nobody has signed. Raises ReasonMissing, ImpossibleMove."""
    act = trail.begin_with_reason(act=act)
    contract = history.lock(contract)
    contract.reason, contract.over_at, contract.link_digest = act.reason, act.at, ""
    history.move(contract, lifecycle.VOID, act=act)
    return contract


@transaction.atomic
def draw_anew(*, contract: Contract, act: Act[User]) -> Contract:
    """Void what was sent and draw it up again by the newest words. Raises as `void`."""
    void(contract=contract, act=act)
    return draw_up(
        service=contract.subscription,
        version=agreements.newest(contract.version.agreement),
        starts_on=max(contract.starts_on, act.on),
        act=act.because(""),
    )


def _give_link(contract: Contract, *, act: Act) -> None:
    contract.link_seed = uuid.uuid4()
    contract.link_digest = links.digest(links.word(contract.link_seed))
    contract.link_expires_at = act.at + LINK_LIFETIME
    contract.link_tries = contract.reminded_times = 0
