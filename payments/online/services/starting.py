"""Begin a payment attempt: written down first, then opened at the gateway, outside any
transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.receivables.services import admission
from customers.models import Customer
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.outside import refuse_transaction
from payments.online.gateways.contract import Order
from payments.online.gateways.errors import GatewayDown, GatewayRefused
from payments.online.models import GatewayAccount, PaymentAttempt
from payments.online.queries import under_way
from payments.online.rules import attempts as rules
from payments.online.services import accounts

State = PaymentAttempt.State


class GatewayUnavailable(DomainError):
    """The gateway cannot be paid at now; nothing was taken. `attempt` says why."""

    def __init__(self, message: str, attempt: PaymentAttempt) -> None:
        super().__init__(message)
        self.attempt = attempt


@dataclass(frozen=True)
class Asked:
    """What a customer wants to pay, and where. `amount` was decided or checked by the server."""

    customer: Customer
    account: GatewayAccount
    amount: Decimal
    source: str
    key: str
    """The form's key: the same again is the same attempt."""
    invoices: Sequence[int] = ()
    client_ip: str = ""
    language: str = "en"
    is_again: bool = False
    """Whoever pays knows of another payment that is under way."""


class AlreadyUnderWay(DomainError):
    """Another payment of this customer is under way: pay again only on purpose."""


def start(*, asked: Asked, at: datetime) -> PaymentAttempt:
    """Return an open attempt with the address of its payment page.

    The same form again, or the same request while an attempt of it is open, is the same attempt
    ("continue"). Raises AmountRefused, AlreadyUnderWay (unless `is_again`), GatewayUnavailable.
    Calls the gateway: never inside a transaction.
    """
    admission.check_amount(asked.amount)
    attempt = _continued(asked, at=at)
    if attempt is None:
        if not asked.is_again and under_way.of_customer(asked.customer.pk, at=at) is not None:
            raise AlreadyUnderWay(_("A payment is under way already. Look at it first."))
        attempt = _write(asked, at=at)
    if attempt.state == State.STARTED:
        attempt = _open(attempt, asked, at=at)
    return attempt


def _continued(asked: Asked, *, at: datetime) -> PaymentAttempt | None:
    """Return the attempt this form made, or an open one for the same request that is still
    young."""
    mine = PaymentAttempt.objects.filter(customer=asked.customer)
    same_form = mine.filter(idempotency_key=asked.key).first()
    if same_form is not None:
        return same_form
    return (
        mine.filter(
            account=asked.account,
            amount=asked.amount,
            state=State.OPEN,
            invoices=list(asked.invoices),
            expires_at__gt=at,
            started_at__gt=at - rules.REOPENED_WITHIN,
        )
        .order_by("-pk")
        .first()
    )


def _write(asked: Asked, *, at: datetime) -> PaymentAttempt:
    length = accounts.gateway_of(asked.account).order_length
    try:
        with transaction.atomic():
            trail.begin(act=Act(None, at, reason="online payment started"))
            attempt = PaymentAttempt.objects.create(
                order=rules.new_order(length),
                account=asked.account,
                customer=asked.customer,
                branch_id=asked.customer.branch_id,
                amount=asked.amount,
                currency=Company.current().currency,
                invoices=list(asked.invoices),
                source=asked.source,
                idempotency_key=asked.key,
                started_at=at,
                expires_at=at + rules.LIFE,
                next_check_at=at + rules.FIRST_CHECK,
            )
            events.record(
                act=Act(None, at),
                action="attempt.started",
                target=attempt,
                after={"amount": str(attempt.amount), "gateway": asked.account.slug},
            )
    except IntegrityError:
        # The same form in another tab was quicker; a key of somebody else's is no key.
        attempt = PaymentAttempt.objects.get(customer=asked.customer, idempotency_key=asked.key)
    return attempt


def _open(attempt: PaymentAttempt, asked: Asked, *, at: datetime) -> PaymentAttempt:
    refuse_transaction("a gateway")
    try:
        started = accounts.gateway_of(asked.account, at=at).start(_order(attempt, asked))
    except GatewayDown as error:
        # Whether a session was made there is unknown; nobody has its address, so none can pay it.
        _move(attempt, State.FAILED, at=at, fail_code="DOWN", fail_words=error.detail)
        raise GatewayUnavailable(
            _("The payment page cannot be reached now. Nothing was taken; try again in a minute."),
            attempt,
        ) from error
    except GatewayRefused as error:
        _move(attempt, State.FAILED, at=at, fail_code=error.code[:30], fail_words=error.detail)
        raise GatewayUnavailable(
            _("This way to pay is not available now. Nothing was taken; choose another one."),
            attempt,
        ) from error
    return _move(
        attempt,
        State.OPEN,
        at=at,
        session_key=started.session_key,
        redirect_url=started.redirect_url,
    )


def _order(attempt: PaymentAttempt, asked: Asked) -> Order:
    customer, slug = asked.customer, asked.account.slug
    back = reverse("public_payments:gateway-return", args=[slug, "x"]).removesuffix("x/")
    notice = reverse("public_payments:gateway-notice", args=[slug])
    return Order(
        order=attempt.order,
        amount=attempt.amount,
        currency=attempt.currency,
        description=f"Internet {customer.number}",
        return_url=f"{settings.PUBLIC_URL}{back}",
        notice_url=f"{settings.PUBLIC_URL}{notice}",
        expires_at=attempt.expires_at,
        customer_number=customer.number,
        customer_name=customer.name,
        customer_phone=customer.phone,
        customer_email=customer.email,
        customer_address=customer.address,
        customer_city=customer.area.name,
        client_ip=asked.client_ip,
        language=asked.language,
    )


def _move(attempt: PaymentAttempt, state: str, *, at: datetime, **values: str) -> PaymentAttempt:
    with transaction.atomic():
        trail.begin(act=Act(None, at, reason="answer of the gateway"))
        attempt = PaymentAttempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
        if attempt.state == State.STARTED:  # otherwise the gateway has been quicker than we
            attempt.state = state
            if state == State.FAILED:
                attempt.ended_at = at
        for name, value in values.items():
            setattr(attempt, name, value)
        attempt.save()
    return attempt
