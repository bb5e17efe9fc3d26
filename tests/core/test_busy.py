"""Who waits in vain for a lock is told so, and nothing is changed."""

from urllib.parse import unquote

import pytest
from django.db import connection
from django.urls import reverse

from billing.allocation.models import Payment
from tests.database import app_connection
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_htmx", [True, False])
def test_a_payment_that_waits_in_vain_for_the_account_says_busy_and_writes_nothing(client, by_htmx):
    customer = CustomerFactory()
    client.force_login(UserFactory(role="BILLING"))
    form = {
        "customer": customer.number,
        "amount": "100.00",
        "method": "EFT",
        "reference": "42",
        "key": "5f0c4b1e-95a7-4a1c-8f6e-0d0f6f1f2a3b",
    }
    headers = {"HX-Request": "true"} if by_htmx else {}
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '150ms'")
    try:
        with app_connection() as rival:
            rival.execute(
                "SELECT 1 FROM customers_accountstate WHERE customer_id = %s FOR UPDATE",
                [customer.pk],
            )
            answer = client.post(reverse("staff_payments:pay"), form, headers=headers)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")

    assert answer.status_code == 503
    assert "Nothing was changed" in unquote(answer["X-Error-Message"])
    assert b"Nothing was changed" in answer.content
    assert Payment.objects.count() == 0
