"""What a customer reads when a debit failed: why, and a link of their own to pay at once."""

import re
from datetime import date

import pytest
import time_machine

from billing.invoices.services import notices
from ispbill.notifications.models import Message
from ispbill.notifications.queries import texts
from tests.factories import debits
from tests.factories.payments import open_invoice
from tests.payments.debits.test_journey import collected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("code", "event"), [("02", "debit_order_failed"), ("30", "debit_order_stopped")]
)
def test_the_link_in_the_message_opens_the_customers_own_page_to_pay(bank, client, code, event):
    mandate, _invoice = collected(bank)
    bank.result(debits.only_order(mandate.customer), code)
    bank.go_to(date(2026, 3, 9))
    debits.followed(bank)

    text = texts.shown(Message.objects.get(event=event, channel="SMS")).body
    link = re.search(r"https?://[^/\s]+(/pay/\S+)", text)
    assert link is not None, text
    with time_machine.travel(bank.at, tick=False):
        page = client.get(link[1])
    assert page.status_code == 200
    assert "1 150" in re.sub(r"\s|&nbsp;", " ", page.content.decode())
    assert "Thandi" not in page.content.decode()


def test_a_bill_told_with_the_general_page_to_pay_gets_the_own_link_too(bank):
    mandate = debits.requested(bank)
    invoice = open_invoice(mandate.customer, "1150.00", due=date(2026, 3, 4))
    notices.invoice_issued(invoice_id=invoice.pk, at=bank.at)
    text = texts.shown(Message.objects.get(event="invoice_issued", channel="SMS")).body
    assert re.search(r"/pay/l-\S+", text), text
