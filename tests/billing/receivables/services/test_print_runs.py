"""The invoices of a run as files: complete, in walking order, made again only when they differ."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from pypdf import PdfReader

from billing.invoices.models import Invoice
from billing.receivables.models import PrintPart
from billing.receivables.services import print_runs, voiding
from billing.run.models import BillingRun
from billing.run.services import cycle
from ispbill.core import pdf
from ispbill.core.acts import Act
from tests.factories.billing import scheduled
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.payments import paid
from tests.queued import instead_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not pdf.is_available(), reason="no PDF libraries here"),
]

ON = date(2026, 1, 29)


@pytest.fixture(autouse=True)
def _small(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(print_runs, "PART", 2)
    settings.MEDIA_ROOT = str(tmp_path)
    instead_of(monkeypatch, "billing.make_print_part")


def a_run(at, *areas):
    for area in areas:
        customer = CustomerFactory(area=AreaFactory(name=area))
        scheduled(SubscriptionFactory(customer=customer), billed_until=date(2026, 2, 5))
    return cycle.run(on=ON, act=Act(None, at)).run


def make_all(run, at):
    return [print_runs.make(part_id=part.pk, at=at) for part in parts(run)]


def parts(run):
    return list(PrintPart.objects.filter(run=run).order_by("part_no"))


def text(part):
    reader = PdfReader(BytesIO(print_runs.file_of(part).read_bytes()))
    return [page.extract_text() for page in reader.pages]


def test_every_invoice_is_in_one_part_sorted_by_area(at):
    run = a_run(at, "Uttara", "Agrabad", "Mirpur")

    print_runs.request(run=run, at=at)
    made = make_all(run, at)

    areas = [
        Invoice.objects.get(pk=pk).buyer["area"] for part in parts(run) for pk in part.invoice_ids
    ]
    assert made == [True, True]
    assert areas == ["Agrabad", "Mirpur", "Uttara"]
    assert [len(text(part)) for part in parts(run)] == [2, 1]
    numbers = [Invoice.objects.get(pk=pk).number for pk in parts(run)[0].invoice_ids]
    assert all(number in page for number, page in zip(numbers, text(parts(run)[0]), strict=True))
    assert [part.done_count for part in parts(run)] == [2, 1]


def test_what_has_not_changed_is_not_made_again(at):
    run = a_run(at, "Agrabad", "Mirpur", "Uttara")
    print_runs.request(run=run, at=at)
    make_all(run, at)
    before = [part.path for part in parts(run)]
    paid(Invoice.objects.get(pk=parts(run)[1].invoice_ids[0]).customer, "10.00", at=at)

    print_runs.request(run=run, at=at)
    made = make_all(run, at)

    after = [part.path for part in parts(run)]
    assert made == [False, True]
    assert after[0] == before[0]
    assert after[1] != before[1]
    root = Path(settings.MEDIA_ROOT)
    assert not (root / before[1]).exists()


def test_void_invoices_are_left_out_and_empty_parts_go(at):
    run = a_run(at, "Agrabad", "Mirpur", "Uttara")
    print_runs.request(run=run, at=at)
    last = Invoice.objects.get(pk=parts(run)[1].invoice_ids[0])
    voiding.void(invoice=last, act=Act(None, at, on=ON, reason="entered by mistake"))

    print_runs.request(run=run, at=at)

    assert [part.invoice_count for part in parts(run)] == [2]


def test_a_part_that_cannot_be_made_says_so_and_is_given_up(at, monkeypatch):
    run = a_run(at, "Agrabad")
    print_runs.request(run=run, at=at)
    monkeypatch.setattr(
        print_runs.pdf,
        "render_many",
        lambda *_args, **_more: (_ for _ in ()).throw(OSError("full")),
    )

    assert make_all(run, at) == [False]

    part = parts(run)[0]
    assert (part.state, part.error) == ("FAILED", "OSError: full")
    assert print_runs.sweep() == 0
    print_runs.request(run=run, at=at)
    assert print_runs.sweep() == 1


def test_a_run_without_invoices_has_nothing_to_print(at):
    run = BillingRun.objects.create(business_date=ON, horizon=ON, started_at=at)

    assert print_runs.request(run=run, at=at) == []


def test_the_page_asks_shows_and_sends(at, client):
    from django.urls import reverse

    from tests.factories.accounts import UserFactory

    run = a_run(at, "Agrabad")
    client.force_login(UserFactory())
    page = reverse("staff_billing:print-run", args=[run.pk])

    asked = client.post(page)
    waiting = client.get(page, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="print-parts")
    make_all(run, at)
    ready = client.get(page, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="print-parts")
    file = client.get(reverse("staff_billing:print-part", args=[run.pk, 1]))

    assert asked.status_code == 302
    assert "progress" in waiting.content.decode()
    assert ready.status_code == 286
    assert b"".join(file.streaming_content).startswith(b"%PDF")
