"""Packages, areas, leads, bulk changes and exports on screen."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import load_workbook

from customers import tasks
from customers.models import Area, Customer, Lead, Package, PackagePrice
from customers.services import exporting
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from tests.customers.views.test_editing import filled
from tests.factories.accounts import BranchFactory
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    LeadFactory,
    PackageFactory,
    PackagePriceFactory,
)
from tests.queued import instead_of

pytestmark = pytest.mark.django_db

PACKAGE = {"code": "H30", "name": "Home 30", "technology": "FIBER", "download_mbps": "30",
           "upload_mbps": "30", "is_public": "on"}  # fmt: skip


@pytest.mark.parametrize(
    "url",
    [
        "/admin/packages/",
        "/admin/areas/",
        "/admin/leads/",
        "/admin/packages/add/",
        "/admin/areas/add/",
        "/admin/leads/add/",
    ],
)
def test_the_pages_open_for_the_owner_and_not_for_customers(client, sign_in, url):
    sign_in(User.Role.OWNER)
    assert client.get(url).status_code == 200
    sign_in(User.Role.CUSTOMER)
    assert client.get(url).status_code == 302


def test_who_may_not_edit_packages_areas_leads(client, sign_in):
    sign_in(User.Role.AUDITOR)

    for url in ("/admin/packages/add/", "/admin/areas/add/", "/admin/leads/add/"):
        assert client.get(url).status_code == 403


def test_a_package_is_added_priced_changed_and_archived(client, owner, htmx):
    assert client.post("/admin/packages/add/", PACKAGE).status_code == 302
    package = Package.objects.get()
    price = {
        "cycle": "MONTHLY",
        "effective_from": clock.today().isoformat(),
        "amount": "1,150.00",
        "includes_tax": "gross",
    }
    assert (
        client.post(f"/admin/packages/{package.pk}/price/", price, headers=htmx()).status_code
        == 204
    )
    assert PackagePrice.objects.values_list("net_amount", "gross_amount").get() == (
        Decimal("1000.00"),
        Decimal("1150.00"),
    )
    changed = PACKAGE | {"download_mbps": "50"}
    assert client.post(f"/admin/packages/{package.pk}/edit/", changed).status_code == 302
    assert Package.objects.get().download_mbps == 50
    page = client.get("/admin/packages/").content.decode()
    assert "Home 30" in page
    assert "1,000.00" in page
    client.post(f"/admin/packages/{package.pk}/archive/")
    assert "Home 30" not in client.get("/admin/packages/").content.decode()
    assert "Home 30" in client.get("/admin/packages/?archived=1").content.decode()


def test_a_second_package_with_the_code_or_a_price_for_yesterday_is_refused(client, owner):
    package = PackageFactory(code="H30")

    again = client.post("/admin/packages/add/", PACKAGE)
    late = client.post(
        f"/admin/packages/{package.pk}/price/",
        {"cycle": "MONTHLY", "effective_from": "2020-01-01", "amount": "1", "includes_tax": "net"},
    )

    assert (again.status_code, late.status_code) == (422, 422)
    assert "H30" in again.content.decode()
    assert PackagePrice.objects.count() == 0


def test_an_area_is_added_moved_and_archived(client, owner):
    branch = BranchFactory()
    data = {"name": "Mirpur", "kind": "ZONE", "branch": branch.pk}
    assert client.post("/admin/areas/add/", data).status_code == 302
    zone = Area.objects.get()
    client.post("/admin/areas/add/", data | {"name": "Mirpur-10", "kind": "AREA"})
    area = Area.objects.get(name="Mirpur-10")

    moved = client.post(
        f"/admin/areas/{area.pk}/edit/", {"name": "Mirpur-10", "kind": "AREA", "parent": zone.pk}
    )
    into_itself = client.post(
        f"/admin/areas/{zone.pk}/edit/", {"name": "Mirpur", "kind": "ZONE", "parent": area.pk}
    )

    area.refresh_from_db()
    assert (moved.status_code, area.path) == (302, f"/{zone.pk}/{area.pk}/")
    assert into_itself.status_code == 422
    client.post(f"/admin/areas/{zone.pk}/archive/")
    assert Area.objects.get(pk=zone.pk).archived_at is None
    client.post(f"/admin/areas/{area.pk}/archive/")
    assert Area.objects.get(pk=area.pk).archived_at is not None


def test_a_lead_is_added_moved_lost_and_converted(client, owner):
    area, package = AreaFactory(), PackagePriceFactory().package
    data = {
        "name": "Karim",
        "phone": "01711000005",
        "branch": area.branch_id,
        "area": area.pk,
        "source": "Facebook",
    }
    assert client.post("/admin/leads/add/", data).status_code == 302
    lead = Lead.objects.get()
    url = f"/admin/leads/{lead.pk}"

    assert client.post(f"{url}/move/", {"stage": "LOST"}).status_code == 422
    assert client.post(f"{url}/move/", {"stage": "SURVEY"}).status_code == 302
    assert client.post(f"{url}/edit/", data | {"name": "Karim Ali"}).status_code == 302
    assert 'value="Karim Ali"' in client.get(f"{url}/convert/").content.decode()
    new = filled(name="Karim Ali", phone="01711000005", area=area.pk, package=package.pk)
    assert client.post(f"{url}/convert/", new).status_code == 302

    lead.refresh_from_db()
    assert (lead.stage, lead.customer) == ("WON", Customer.objects.get())
    assert lead.customer.subscriptions.count() == 1
    assert client.post(f"{url}/convert/", new).status_code == 422
    assert "Karim Ali" in client.get("/admin/leads/?stage=WON").content.decode()
    assert "No leads match" in client.get("/admin/leads/?stage=NEW").content.decode()


def test_anothers_branchs_lead_is_not_found(client, sign_in):
    lead = LeadFactory()
    sign_in(User.Role.BRANCH_MANAGER)

    assert client.get(f"/admin/leads/{lead.pk}/edit/").status_code == 404


def test_ticked_customers_are_tagged_moved_and_assigned(client, owner, htmx):
    first, second, other = CustomerFactory(), CustomerFactory(), CustomerFactory()
    ids = [first.pk, second.pk]
    area = AreaFactory()

    asked = client.get("/admin/customers/bulk/tag/", {"ids": ids}, headers=htmx())
    tagged = client.post("/admin/customers/bulk/tag/", {"ids": ids, "word": "VIP"}, headers=htmx())
    client.post("/admin/customers/bulk/area/", {"ids": ids, "area": area.pk})
    client.post("/admin/customers/bulk/collector/", {"ids": ids, "collector": owner.pk})

    assert "2 customers are changed" in asked.content.decode()
    assert (tagged.status_code, AuditEvent.objects.filter(action="customer.tagged").count()) == (
        204,
        2,
    )
    rows = Customer.objects.order_by("pk").values_list("pk", "tags", "area", "branch", "collector")
    assert list(rows) == [
        (first.pk, ["vip"], area.pk, area.branch_id, owner.pk),
        (second.pk, ["vip"], area.pk, area.branch_id, owner.pk),
        (other.pk, [], other.area_id, other.branch_id, None),
    ]
    client.post("/admin/customers/bulk/tag/", {"ids": ids, "word": "vip", "takes_off": "on"})
    assert Customer.objects.filter(tags__contains=["vip"]).count() == 0


def test_everything_that_matches_is_changed_and_nothing_else(client, owner):
    hit = CustomerFactory(name="Rahim")
    miss = CustomerFactory(name="Karim")

    client.post("/admin/customers/bulk/tag/", {"all": "1", "filters": "q=rahim", "word": "found"})

    hit.refresh_from_db()
    miss.refresh_from_db()
    assert (hit.tags, miss.tags) == (["found"], [])


def test_a_branch_manager_changes_own_customers_alone(client, sign_in):
    sign_in(User.Role.BRANCH_MANAGER)
    customer = CustomerFactory()

    answer = client.post("/admin/customers/bulk/tag/", {"ids": [customer.pk], "word": "x"})

    customer.refresh_from_db()
    assert (answer.status_code, customer.tags) == (422, [])


def test_the_list_is_exported_as_csv_without_formulas(client, owner):
    CustomerFactory(name='=HYPERLINK("http://x")', phone="+8801711000001", address="-1+1")
    CustomerFactory(name="Hidden", status="SUSPENDED")

    answer = client.get("/admin/customers/export/csv/?status=PENDING")

    text = answer.getvalue().decode("utf-8-sig")
    head, row = list(csv.reader(io.StringIO(text)))
    cells = dict(zip(head, row, strict=True))
    assert cells["name"] == '\'=HYPERLINK("http://x")'
    assert (cells["phone"], cells["address"]) == ("01711-000001", "'-1+1")
    assert AuditEvent.objects.get(action="customer.exported").after == {"count": 1, "format": "csv"}


def test_the_list_is_exported_as_xlsx_without_a_formula(client, owner):
    CustomerFactory(name="=1+1")

    answer = client.get("/admin/customers/export/xlsx/")

    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert {cell.data_type for cell in sheet[2] if cell.value is not None} <= {"s", "n", "d"}
    assert sheet["B2"].value == "'=1+1"


def test_who_may_not_export(client, sign_in):
    sign_in(User.Role.SUPPORT)

    assert client.get("/admin/customers/export/csv/").status_code == 403


def test_a_large_export_is_a_job_with_a_link(client, owner, sign_in, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    instead_of(monkeypatch, "customers.export_customers")
    CustomerFactory(name="Amina Begum")
    CustomerFactory(name="Babul Hossain")
    CustomerFactory(name="Gone", status="CANCELLED")

    started = client.get("/admin/customers/export/csv/?status=PENDING")
    run = JobRun.objects.get(job="customers.export")
    assert started.headers["Location"] == f"/admin/customers/exports/{run.pk}/"
    assert "Writing the file" in client.get(started.headers["Location"]).content.decode()
    assert client.get(f"/admin/customers/exports/{run.pk}/file/").status_code == 404

    tasks.export_customers(run_id=run.pk)
    tasks.export_customers(run_id=run.pk)

    run.refresh_from_db()
    assert run.status == "COMPLETED"
    assert "The file is ready" in client.get(started.headers["Location"]).content.decode()
    text = client.get(f"/admin/customers/exports/{run.pk}/file/").getvalue().decode("utf-8-sig")
    assert [row[1] for row in csv.reader(io.StringIO(text))] == [
        "name",
        "Amina Begum",
        "Babul Hossain",
    ]
    assert len(list(Path(settings.MEDIA_ROOT, "exports").glob(f"{run.pk}-*"))) == 1
    sign_in(User.Role.OWNER)
    assert client.get(f"/admin/customers/exports/{run.pk}/file/").status_code == 404


def test_new_this_month_begins_on_the_first(client, owner):
    tabs = client.get("/admin/customers/").context["tabs"]()

    first = clock.today().replace(day=1)
    assert isinstance(first, date)
    assert f"joined_from={first.isoformat()}" in tabs[6]["url"]


def test_the_board_has_a_column_for_each_stage_with_its_leads(client, owner):
    LeadFactory(name="Nadia", stage="NEW", next_action_on=date(2020, 1, 1))
    LeadFactory(name="Selim", stage="LOST", lost_reason="Too dear")

    page = client.get("/admin/leads/?as=board")

    cards = {
        s["key"]: [(c["lead"].name, c["is_late"]) for c in s["cards"]]
        for s in page.context["stages"]
    }
    assert cards == {
        "NEW": [("Nadia", True)],
        "CONTACTED": [],
        "SURVEY": [],
        "OFFER": [],
        "WON": [],
        "LOST": [("Selim", False)],
    }
    assert "js/board.js" in page.content.decode()


def test_a_card_is_moved_by_its_menu_and_a_reason_is_asked_where_one_is_needed(client, owner, htmx):
    lead = LeadFactory(name="Nadia", stage="NEW")
    move = f"/admin/leads/{lead.pk}/move/"

    moved = client.post(move, {"stage": "SURVEY"}, headers=htmx())
    asked = client.get(f"{move}?stage=LOST", headers=htmx())
    refused = client.post(move, {"stage": "LOST"}, headers=htmx())

    lead.refresh_from_db()
    assert (moved.status_code, lead.stage) == (204, "SURVEY")
    assert "dialog:close" in moved.headers["HX-Trigger"]
    assert asked.context["form"].initial["stage"] == "LOST"
    assert refused.status_code == 422


def test_who_only_reads_leads_finds_no_card_to_move(client, sign_in):
    sign_in(User.Role.AUDITOR)
    LeadFactory(name="Nadia")

    html = client.get("/admin/leads/?as=board").content.decode()

    assert "Nadia" in html
    assert "data-move" not in html


def test_an_export_whose_worker_died_is_queued_again_and_fails_in_words(client, owner, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    queued = []
    instead_of(monkeypatch, "customers.export_customers", queued.append)
    CustomerFactory()
    page = client.get("/admin/customers/export/csv/").headers["Location"]
    run = JobRun.objects.get(job="customers.export")

    assert exporting.sweep(at=run.heartbeat_at + 2 * jobs.SILENT_AFTER) == 1
    assert queued == [{"run_id": run.pk}] * 2

    def full(*_args, **_more):
        raise OSError("disk full")

    monkeypatch.setattr(exporting, "csv_chunks", full)
    tasks.export_customers(run_id=run.pk)

    run.refresh_from_db()
    assert (run.status, run.error) == ("FAILED", "OSError: disk full")
    assert list(Path(settings.MEDIA_ROOT, "exports").glob(f"{run.pk}-*")) == []
    assert exporting.sweep(at=run.heartbeat_at + 2 * jobs.SILENT_AFTER) == 0
    assert "The export failed." in client.get(page).content.decode()
