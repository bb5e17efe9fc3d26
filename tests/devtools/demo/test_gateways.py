"""The demo company takes money online from the first minute."""

from datetime import UTC, datetime

import pytest
from django.conf import settings

from ispbill.core.acts import Act
from ispbill.devtools.demo import gateways, ground
from ispbill.devtools.demo.company import TAX_RATE
from ispbill.devtools.sandbox.gateways.server import serve
from payments.online.models import GatewayAccount
from payments.online.services import setup

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def test_all_gateways_are_offered_and_pass_their_test_at_the_simulator():
    base = ground.lay(tax_rate=TAX_RATE, at=AT)
    gateways.connect(base, at=AT)
    sandbox = serve(settings.SANDBOX_DIR)
    try:
        accounts = GatewayAccount.objects.order_by("position")
        verdicts = [
            (account.slug, account.is_enabled, setup.test(account=account, act=Act(None, AT)))
            for account in accounts
        ]
    finally:
        sandbox.close()

    assert [(slug, on, verdict.is_passed) for slug, on, verdict in verdicts] == [
        ("sslcommerz", True, True),
        ("bkash", True, True),
        ("nagad", True, True),
    ]
