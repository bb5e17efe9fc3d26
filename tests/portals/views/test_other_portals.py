"""The reseller's, the technician's and everybody's pages."""

import json

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from PIL import Image

from ispbill.accounts.models import User
from ispbill.core import bundles
from resellers.models import Reseller
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, PackageFactory, PackagePriceFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reseller_sees_own_customers_and_their_money_only(client, reseller, at):
    own = CustomerFactory(name="Dulal Mia", reseller_id=reseller.pk)
    open_invoice(own, amount="500.00")
    open_invoice(CustomerFactory(name="Strange Person"), amount="900.00")
    paid(own, "200.00", at=at)
    client.force_login(reseller.user)

    page = client.get(reverse("reseller:dashboard"))

    text = page.content.decode()
    assert "Dulal Mia" in text
    assert "Strange Person" not in text
    assert page.context["figures"].overdue == 300


def test_a_suspended_reseller_sees_nobody(client, reseller):
    CustomerFactory(name="Dulal Mia", reseller_id=reseller.pk)
    Reseller.objects.update(status="SUSPENDED")
    client.force_login(reseller.user)

    assert "Dulal Mia" not in client.get(reverse("reseller:dashboard")).content.decode()


def test_a_reseller_finds_customers_by_name_and_by_phone(client, reseller):
    CustomerFactory(name="Dulal Mia", phone="+8801711000004", reseller_id=reseller.pk)
    CustomerFactory(name="Eva Das", reseller_id=reseller.pk)
    client.force_login(reseller.user)
    address = reverse("reseller:customers")

    by_name = client.get(f"{address}?q=dulal", headers={"HX-Request": "true"}).content.decode()
    by_phone = client.get(f"{address}?q=01711000004").content.decode()

    assert ("Dulal Mia" in by_name, "Eva Das" in by_name, "<html" in by_name) == (
        True,
        False,
        False,
    )
    assert ("Dulal Mia" in by_phone, "Eva Das" in by_phone) == (True, False)


def test_the_technicians_day_is_empty_and_says_so(client):
    client.force_login(UserFactory(role=User.Role.TECHNICIAN))

    text = client.get(reverse("technician:today")).content.decode()

    assert "No jobs today" in text
    assert 'rel="manifest" href="/technician/manifest.webmanifest"' in text
    assert 'id="sync-pill"' in text


def test_the_manifest_names_icons_that_exist_in_their_size(client):
    answer = client.get("/technician/manifest.webmanifest")

    manifest = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (manifest["scope"], manifest["start_url"], manifest["display"]) == (
        "/technician/",
        "/technician/",
        "standalone",
    )
    sizes = []
    for icon in manifest["icons"]:
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as picture:
            sizes.append((picture.width, icon["sizes"], icon["purpose"]))
    assert sizes == [(192, "192x192", "any"), (512, "512x512", "any"), (512, "512x512", "maskable")]


def test_the_service_worker_keeps_files_that_exist(client):
    answer = client.get("/technician/sw.js")

    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    listed = json.loads("[" + text.split("const FILES = [")[1].split("]")[0] + "]")
    assert listed[0] == "/technician/offline/"
    own = [name for name in listed if name.startswith("/technician/")]
    assert len(own) == 3
    for name in own:
        assert client.get(name).status_code == 200
    files = [name for name in listed if name not in own]
    missing = [name for name in files if not finders.find(name.removeprefix("/static/"))]
    assert missing == []


def test_the_scripts_of_the_app_come_as_one_file_that_is_kept_for_good(client):
    client.force_login(UserFactory(role=User.Role.COLLECTOR))
    for page, name in (("/technician/", "round"), ("/technician/me/", "round")):
        text = client.get(page).content.decode()
        assert f'src="{bundles.address(name)}"' in text

    answer = client.get(bundles.address("round"))

    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer.content.decode().count('"use strict"') == len(bundles.BUNDLES["round"])
    assert client.get("/technician/scripts/round-000000000000.js").status_code == 404
    assert client.get("/technician/scripts/other-000000000000.js").status_code == 404


@pytest.mark.parametrize("page", ["/", "/packages", "/pay", "/status", "/suspended"])
@pytest.mark.parametrize("language", ["en", "bn"])
def test_public_pages_open_for_everybody_in_both_languages(client, page, language):
    client.cookies["ispbill_language"] = language

    answer = client.get(page)

    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()


def test_offers_carry_the_price_of_the_day_with_tax_and_hide_private_packages(client):
    PackagePriceFactory(package=PackageFactory(name="Home 30"))
    PackagePriceFactory(package=PackageFactory(name="Secret", is_public=False))

    text = client.get("/packages").content.decode()

    assert "Home 30" in text
    assert "1,150.00" in text
    assert "Secret" not in text
