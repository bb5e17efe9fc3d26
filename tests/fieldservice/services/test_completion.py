"""What a completed job brings: the line and the first bill, the end, or a wait for the office."""

import io
from datetime import date, timedelta

import pytest
from PIL import Image

from billing.invoices.models import Invoice
from customers.models import Subscription
from fieldservice.services import completion, evidence, photos
from fieldservice.services.completion import NotFinished
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.uploads import FileRefused
from network.models import Access
from network.services import access
from tests.factories.changes import billed_service, priced_package
from tests.factories.customers import SubscriptionFactory
from tests.factories.fieldservice import NINE, answered, at_work, given, job, technician
from tests.factories.network import AccessFactory

pytestmark = pytest.mark.django_db


def picture(size=(2400, 1200), kind="JPEG"):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Somebody's phone"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", size, "teal").save(out, kind, exif=exif)
    return out.getvalue()


def finished(kind, service, **values):
    who = technician()
    order = job(kind, service=service)
    given(order, who)
    visit = answered(at_work(order, who), who, **values)
    signed = evidence.Signed([], "Amina Begum")
    evidence.sign(visit=visit, signed=signed, moment=NINE, act=Act(who, NINE))
    order = completion.complete(
        order=order, moment=NINE - timedelta(days=1), act=Act(who, NINE + timedelta(hours=1))
    )
    return order, visit


def pending_service():
    package = priced_package("1000.00")
    return SubscriptionFactory(package=package, status="PENDING", activated_on=None)


def test_an_installation_activates_the_service_its_first_bill_and_its_line():
    service = pending_service()
    line = AccessFactory(subscription=service, desired_state="CLOSED")

    order, visit = finished("INSTALLATION", service, serial="zte-g 1234")

    service.refresh_from_db()
    line.refresh_from_db()
    assert (order.state, order.effect_state) == ("COMPLETED", "DONE")
    assert (service.status, service.cpe_serial) == ("ACTIVE", "ZTEG1234")
    # Switched on the business day here, although the phone says yesterday.
    assert service.activated_on == date(2026, 1, 10)
    assert Invoice.objects.get(customer=service.customer).kind == "FIRST"
    assert line.desired_state == Access.State.OPEN
    visit.refresh_from_db()
    assert visit.ended_at == NINE - timedelta(days=1)


def test_twice_is_once():
    service = pending_service()
    order, visit = finished("INSTALLATION", service)
    completion.complete(order=order, moment=NINE, act=Act(visit.technician, NINE))
    assert Invoice.objects.count() == 1


def test_an_installation_of_an_active_service_changes_nothing():
    order, _visit = finished("INSTALLATION", billed_service())
    assert order.effect_state == "DONE"
    assert Invoice.objects.count() == 1


def test_a_disconnection_ends_service_and_line():
    service = billed_service()
    order, _visit = finished("DISCONNECTION", service, device_back=True, serial="A1")
    service.refresh_from_db()
    assert (order.effect_state, service.status) == ("DONE", "CANCELLED")
    assert service.cancelled_on == date(2026, 1, 10)


def test_collecting_the_router_of_a_service_that_has_ended_is_equipment_only():
    service = billed_service()
    act = Act(None, NINE, reason="moved away, told by phone")
    access.cancel(subscription=service, act=act, on=date(2026, 1, 9))
    order, _visit = finished("DISCONNECTION", Subscription.objects.get(pk=service.pk))
    assert order.effect_state == "DONE"


def test_an_effect_that_a_rule_refuses_waits_for_the_office():
    service = billed_service(start=date(2026, 1, 20))
    order, _visit = finished("DISCONNECTION", service)
    service.refresh_from_db()
    assert (order.state, order.effect_state) == ("COMPLETED", "WAITING")
    assert order.effect_note == "The service was not in use yet on that day."
    assert service.status == "ACTIVE"

    later = Act(technician(), NINE + timedelta(days=12), reason="now it has begun after all")
    assert completion.carry_out(order=order, act=later).effect_state == "DONE"
    service.refresh_from_db()
    assert service.status == "CANCELLED"


def test_a_repair_lifts_a_technical_suspension():
    service = billed_service()
    access.suspend(
        subscription=service,
        kind="TECHNICAL",
        is_billed=False,
        decision={},
        act=Act(None, NINE, reason="the cable is cut in two"),
        on=date(2026, 1, 9),
    )
    finished("REPAIR", Subscription.objects.get(pk=service.pk), cause="cable cut")
    service.refresh_from_db()
    assert service.status == "ACTIVE"


def test_what_is_required_and_missing_is_named():
    who, order = technician(), job("SURVEY")
    given(order, who)
    at_work(order, who)
    with pytest.raises(NotFinished, match="Can be connected, Cable needed"):
        completion.complete(order=order, moment=NINE, act=Act(who, NINE))


def test_a_photo_is_written_anew_without_anything_the_phone_put_in(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    who, order = technician(), job()
    given(order, who)
    visit = at_work(order, who)
    sent = picture()

    def keep():
        return photos.add(
            visit=visit, item="photo", content=sent, point=None, moment=NINE, act=Act(who, NINE)
        )

    photo = keep()
    assert keep() == photo
    with Image.open(tmp_path / photo.path) as kept:
        assert kept.size == (1600, 800)
        assert not kept.getexif()
    assert photo.taken_at == NINE
    with pytest.raises(FileRefused):
        photos.plain_photo(b"%PDF-1.4 no picture")


def test_a_change_after_signing_voids_the_signature():
    who, order = technician(), job("REPAIR")
    given(order, who)
    visit = at_work(order, who)
    act = Act(who, NINE)
    strokes = [[[0, 0], [120, 30]]]
    evidence.sign(visit=visit, signed=evidence.Signed(strokes), moment=NINE, act=act)
    visit.refresh_from_db()
    assert evidence.is_signed(visit)
    assert visit.signed_digest == evidence.shown_digest(visit)
    evidence.answer(visit=visit, key="cause", value="rain", impossible="", moment=NINE, act=act)
    visit.refresh_from_db()
    assert not evidence.is_signed(visit)
    with pytest.raises(DomainError, match="too short"):
        evidence.sign(visit=visit, signed=evidence.Signed([[[0, 0]]]), moment=NINE, act=act)


def test_the_latest_moment_of_an_answer_holds():
    who, order = technician(), job("REPAIR")
    given(order, who)
    visit = at_work(order, who)
    for value, moment in (("late", NINE + timedelta(hours=1)), ("early", NINE)):
        evidence.answer(
            visit=visit, key="cause", value=value, impossible="", moment=moment, act=Act(who, NINE)
        )
    visit.refresh_from_db()
    assert visit.answers["cause"]["value"] == "late"


def test_a_webp_of_a_phone_is_kept_as_jpeg():
    kept = photos.plain_photo(picture((300, 200), "WEBP"))
    with Image.open(io.BytesIO(kept)) as found:
        assert (found.format, found.size) == ("JPEG", (300, 200))
