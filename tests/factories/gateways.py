"""Accounts with the simulated gateways, and payment attempts through them."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ispbill.devtools.sandbox.gateways.addresses import gateways
from payments.online.models import GatewayAccount, PaymentAttempt
from payments.online.services import accounts, starting
from payments.online.services.starting import Asked
from tests.factories.gateway_accounts import gateway_account
from tests.factories.payments import paid


def sslcommerz_account(directory, **values):
    """The store the simulator at `directory` knows; credentials can be made wrong."""
    place = gateways(directory)["sslcommerz"]
    credentials = {
        "store_id": place["store_id"],
        "store_password": place["store_passwd"],
        "fallback_email": "pay@isp.test",
        **values.pop("credentials", {}),
    }
    account = GatewayAccount(
        slug=values.pop("slug", "sslcommerz"),
        provider="SSLCOMMERZ",
        name="bKash, Nagad or card",
        base_url=values.pop("base_url", place["base_url"]),
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        **values,
    )
    account.sealed_credentials = accounts.sealed(account, credentials)
    account.is_enabled = True
    account.save()
    return account


def attempt_of(customer, account, at, amount="1150.00", **values):
    """A payment attempt, open at the gateway."""
    asked = Asked(
        customer=customer,
        account=account,
        amount=Decimal(amount),
        source=values.pop("source", "LINK"),
        key=values.pop("key", f"pay:{uuid.uuid4()}"),
        is_again=values.pop("is_again", True),
        **values,
    )
    return starting.start(asked=asked, at=at)


def written_attempt(customer, amount="1150.00", *, at, state="OPEN", account=None, **values):
    """A payment attempt in a state without an end, written down without asking a gateway."""
    attempt = PaymentAttempt.objects.create(
        order=uuid.uuid4().hex[:20],
        account=account or GatewayAccount.objects.first() or gateway_account(at=at),
        customer=customer,
        branch_id=customer.branch_id,
        amount=Decimal(amount),
        currency="BDT",
        source=values.pop("source", "LINK"),
        idempotency_key=f"pay:{uuid.uuid4()}",
        started_at=at,
        expires_at=at + timedelta(hours=1),
    )
    attempt.state, attempt.redirect_url = "OPEN", "https://gateway.example/session"
    attempt.save()
    if state != "OPEN":
        attempt.state, attempt.ended_at = state, at
        attempt.save()
    return attempt


def settled_attempt(customer, amount="1150.00", *, at, **values):
    """An attempt that was paid and credited."""
    attempt = written_attempt(customer, amount, at=at, **values)
    attempt.payment = paid(customer, amount, at=at, method="BKASH", reference="TRX81")
    attempt.state, attempt.ended_at = "SETTLED", at
    attempt.gateway_reference, attempt.paid_amount = f"val-{attempt.pk}", Decimal(amount)
    attempt.save()
    return attempt
