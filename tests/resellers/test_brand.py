"""A reseller's name, phone and logo beside the house's on its customers' papers."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from billing.invoices.services import documents
from billing.invoices.services.documents import Wanted
from ispbill.core import clock, made_files
from ispbill.core.acts import Act
from resellers.models import Reseller
from resellers.services import moving
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    clock.set_simulated(AT)


@pytest.fixture
def reseller():
    return ResellerFactory(name="Padma Net", phone="+8801711000009")


@pytest.fixture
def office(client):
    client.force_login(UserFactory(role="BILLING"))
    return client


def picture(size=(1200, 300), kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", size, "#227733").save(out, format=kind)
    return SimpleUploadedFile("logo.png", out.getvalue(), content_type="image/png")


def brand(client, reseller, **more):
    address = reverse("staff_resellers:brand", args=[reseller.number])
    given = {"is_co_branded": "on", "brand_name": "Padma Broadband", "reason": "agreed with Rafiq"}
    return client.post(address, {**given, **more})


def receipt(payment, variant="A4"):
    wanted = Wanted("RECEIPT", payment.pk, "en", variant)
    return documents.html(documents.paper(wanted), "en")


def test_papers_carry_the_partner_beside_the_company(office, reseller):
    customer = CustomerFactory(reseller_id=reseller.pk)
    payment = paid(customer, "500.00", at=AT)
    assert "Padma" not in receipt(payment)

    brand(office, reseller, brand_phone="01711 000 555", logo=picture())

    for variant in ("A4", "80MM"):
        page = receipt(payment, variant)
        assert "Padma Broadband" in page
        assert "01711-000555" in page or "01711000555" in page
    assert "data:image/png;base64," in receipt(payment)
    reseller.refresh_from_db()
    kept = made_files.place(reseller.logo_path)
    with Image.open(kept) as logo:
        assert (logo.size, logo.format) == ((480, 120), "PNG")
    other = paid(CustomerFactory(), "500.00", at=AT)
    assert "Padma" not in receipt(other)


def test_a_statement_and_later_days_follow_who_has_the_customer(office, reseller):
    customer = CustomerFactory(reseller_id=reseller.pk)
    payment = paid(customer, "500.00", at=AT)
    brand(office, reseller)
    later = AT + timedelta(days=20)
    clock.set_simulated(later)
    moving.move(
        customer_ids=[customer.pk],
        to=None,
        first_day=clock.local_date(later),
        act=Act(UserFactory(role="BILLING"), later, reason="the area is the house's again"),
    )

    def statement(end):
        wanted = Wanted("STATEMENT", customer.pk, "en", f"2026-01-01..{end}")
        return documents.html(documents.paper(wanted), "en")

    assert "Padma Broadband" in receipt(payment)
    assert "Padma Broadband" in statement(date(2026, 1, 15))
    assert "Padma Broadband" not in statement(date(2026, 1, 31))


def test_the_logo_goes_and_the_brand_is_switched_off(office, reseller):
    brand(office, reseller, logo=picture())
    brand(office, reseller, drops_logo="on")
    reseller.refresh_from_db()
    assert (reseller.is_co_branded, reseller.logo_path) == (True, "")
    page = office.get(reverse("staff_resellers:reseller", args=[reseller.number]))
    assert "Padma Broadband" in page.content.decode()
    brand(office, reseller, is_co_branded="")
    assert not Reseller.objects.get().is_co_branded


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 no logo", b"GIF89a nothing", b"<svg onload=alert(1)>"]
)
def test_what_is_no_picture_is_refused(office, reseller, content):
    answer = brand(office, reseller, logo=SimpleUploadedFile("logo.png", content))
    assert answer.status_code == 422
    assert not Reseller.objects.get().is_co_branded


def test_the_dialog_sends_a_file_along(office, reseller):
    address = reverse("staff_resellers:brand", args=[reseller.number])
    page = office.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-encoding="multipart/form-data"' in page
    limits = reverse("staff_resellers:limits", args=[reseller.number])
    assert "multipart" not in office.get(limits, headers={"HX-Request": "true"}).content.decode()


def test_without_a_reason_or_the_right_nothing_changes(office, client, reseller):
    assert brand(office, reseller, reason="").status_code == 422
    client.force_login(UserFactory(role="SALES"))
    assert brand(client, reseller).status_code == 403
