"""Each address that takes files has them scanned first, and says so when one is not clean.

An address that does not say it takes files gets none (`core.scanning`): its form fails with every
file, with a scanner or without. So whatever takes files is in the list that is walked here.
"""

import json
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ispbill.core import clock
from ispbill.devtools.sandbox.clamd import EICAR, SIGNATURE, Scanner
from signup.queries import links
from tests.architecture import addresses, samples

# As whom; which field; what else is sent, of the world; what its samples do not say of the address.
FORMS = {
    "field:outbox": ("TECHNICIAN", "file"),
    "portal:add-ticket": ("CUSTOMER", "attached"),
    "portal:reply-ticket": ("CUSTOMER", "attached"),
    "public_contracts:contract": ("", "paper"),
    "public_signup:step": ("", "national_id"),
    "reseller:add-ticket": ("RESELLER", "attached"),
    "reseller:ticket": ("RESELLER", "attached"),
    "staff_customers:tax-certificates": ("OWNER", "file"),
    "staff_network:upload-usage": ("OWNER", "file"),
    "staff_payments:upload-payout": ("OWNER", "file"),
    "staff_payments:upload-statement": ("OWNER", "file"),
    "staff_resellers:brand": ("OWNER", "logo"),
    "staff_signup:imports": ("OWNER", "file"),
    "staff_tickets:add": ("OWNER", "attached"),
    "staff_tickets:reply": ("OWNER", "attached"),
}
IN_PARTS = {"field:file"}  # tests/fieldservice/views/test_files.py


def test_every_address_that_takes_files_is_walked():
    marked = {one.name for one in addresses.ours() if getattr(one.view, "takes_files", False)}
    parts = {one.name for one in addresses.ours() if getattr(one.view, "takes_parts", None)}

    assert marked == set(FORMS)
    assert parts == IN_PARTS


@pytest.mark.django_db
@pytest.mark.slow
def test_none_of_them_takes_what_the_scanner_finds_or_cannot_be_asked_about(settings, tmp_path):
    world = samples.build()
    found = {one.name: one for one in addresses.ours()}
    with Scanner(tmp_path / "clamd.ctl") as scanner:
        settings.CLAMD = scanner.address
        said = {name: _send(world, found[name]) for name in FORMS}
        asked = len(scanner.scanned)
    away = {name: _send(world, found[name]) for name in FORMS}

    assert {name: answer for name, answer in said.items() if answer != (422, True)} == {}
    assert asked == len(FORMS)
    expected = {name: (503 if name == "field:outbox" else 422, True) for name in FORMS}
    assert away == expected


def _send(world, address):
    """Send a file that is not clean; return the status, and whether the page says why not."""
    role, field = FORMS[address.name]
    client = Client()
    if role:
        client.force_login(world.users[role])
    arguments = samples.arguments(address.name, address.converters, world)
    if address.name == "public_signup:step":
        arguments = {"word": links.word(world.asking.link_seed), "name": "person"}
    path = reverse(address.name, kwargs=arguments)
    if address.name == "staff_tickets:add":
        path += f"?customer={world.customer.number}"
    # As a phone tells of a photo; the other forms do not look at it.
    act = {
        "id": str(uuid.uuid4()),
        "order": "JOB-1",
        "kind": "photo",
        "payload": {},
        "base_version": 1,
        "client_at": clock.now().isoformat(),
    }
    sent = {"action": json.dumps(act), "sent_at": (clock.now() + timedelta(0)).isoformat()}
    response = client.post(path, {**sent, field: SimpleUploadedFile("a.pdf", EICAR)})
    shown = response.content.decode()
    return response.status_code, SIGNATURE in shown or "scanned for viruses right now" in shown
