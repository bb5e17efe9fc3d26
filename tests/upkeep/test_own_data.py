"""A customer's own data: all of theirs, nothing of others, no secret."""

import json
import zipfile

import pytest
from django.core.management import call_command

from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MessageFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db


def test_the_file_holds_all_of_theirs_and_nothing_of_others(tmp_path):
    mine, other = CustomerFactory(name="Amina"), CustomerFactory(name="Babul")
    invoice = open_invoice(mine)
    open_invoice(other)
    MessageFactory(customer_id=mine.pk, body="Your bill")

    call_command("own_data", mine.number, str(tmp_path / "own.zip"))

    with zipfile.ZipFile(tmp_path / "own.zip") as archive:
        told = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert told["customer.json"][0]["name"] == "Amina"
    assert [row["number"] for row in told["invoice.json"]] == [invoice.number]
    assert told["message.json"][0]["body"] == "Your bill"
    assert "Babul" not in json.dumps(told)
    assert not [key for rows in told.values() for row in rows for key in row if "sealed" in key]
