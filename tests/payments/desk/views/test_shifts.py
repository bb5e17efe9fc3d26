"""Shifts, hand-overs, the day's closing and a collector's round in the console."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from billing.allocation.models import Payment
from billing.invoices.models import Document
from billing.invoices.queries.invoice_paper import qr_image
from billing.invoices.services import documents
from billing.invoices.services.documents import Wanted
from billing.tills.models import CashBanking, DayClose, Handover, Shift
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.pay_links import PayLink
from payments.desk.queries import rounds
from payments.desk.services import papers
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.payments import open_invoice, paid
from tests.factories.tills import cashier, counted, handed_over, safe_with, signed

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = "two notes were torn in half"


@pytest.fixture(autouse=True)
def _ten_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def branch():
    return BranchFactory(code="HQ", name="Dhaka HQ")


@pytest.fixture
def mina(branch):
    return cashier(branch, name="Mina")


@pytest.fixture
def boss():
    return UserFactory(name="Boss")


@pytest.fixture
def signed_in(client):
    def as_(user):
        client.force_login(user)
        return client

    return as_


def address(name, *args):
    return reverse(f"staff_payments:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_day_from_the_float_to_the_locked_day(signed_in, branch, mina, boss):
    safe_with(branch, "2000.00", at=AT)
    client = signed_in(mina)
    opened = client.post(
        address("open-shift"), {"kind": "DESK", "branch": branch.pk, "float_amount": "500"}
    )
    shift = Shift.objects.get()
    assert opened.url == address("shift", shift.number)
    paid(CustomerFactory(branch=branch, name="Rahim"), "1150.00", at=AT, actor=mina)
    assert "Rahim" in text_of(client.get(address("shift", shift.number)))

    short = {"piece_1000": "1", "piece_500": "1", "piece_100": "1"}
    refused = client.post(address("count-shift", shift.number), short)
    assert refused.status_code == 422
    assert 'value="1"' in text_of(refused)
    client.post(address("count-shift", shift.number), {**short, "reason": WHY})
    shift.refresh_from_db()
    assert (shift.state, shift.counted_amount, shift.found_difference) == ("COUNTED", 1600, -50)
    assert client.get(address("sign-shift", shift.number)).status_code == 403

    client = signed_in(boss)
    here = f"?branch={branch.pk}"
    page = text_of(client.get(address("day-close") + here))
    assert "has to be counted and signed" in page
    early = client.post(address("close-day") + here, {"note": ""})
    assert early.status_code == 422
    assert "First count and sign: Mina" in text_of(early)
    assert "are missing" in text_of(client.get(address("sign-shift", shift.number)))
    client.post(address("sign-shift", shift.number), {"seen": "1600.00"})
    done = client.post(address("close-day") + here, {"note": "quiet day"})

    closing = DayClose.objects.get()
    assert done.url == address("closed-day", "HQ", "2026-01-10")
    closed = text_of(client.get(done.url))
    assert "Mina" in closed
    assert WHY in closed
    assert closing.difference == -50
    assert closing.safe_amount == Decimal(3100)
    assert "is closed" in text_of(client.get(address("day-close") + here))


def test_the_receiver_counts_what_is_handed_over(signed_in, branch, mina):
    rafi = cashier(branch, name="Rafi")
    offer = handed_over(rafi, mina, at=AT, amount="60.00")
    client = signed_in(mina)
    assert "Rafi hands you" in text_of(client.get(address("cash-desk")))

    wrong = client.post(address("accept-hand-over", offer.pk), {"counted": "50"})
    assert wrong.status_code == 422
    client.post(address("accept-hand-over", offer.pk), {"counted": "60"})

    offer.refresh_from_db()
    assert (offer.state, Shift.objects.get(person=mina).held_amount) == ("ACCEPTED", 60)
    assert signed_in(rafi).get(address("accept-hand-over", offer.pk)).status_code == 404


def test_a_hand_over_is_offered_refused_and_withdrawn(signed_in, branch, mina):
    rafi = cashier(branch, name="Rafi")
    first = handed_over(rafi, mina, at=AT)
    signed_in(mina).post(address("refuse-hand-over", first.pk), {"reason": WHY})
    client = signed_in(rafi)
    number = first.from_shift.number
    client.post(address("hand-over", number), {"to_person": mina.pk, "amount": "20"})
    second = Handover.objects.latest("pk")
    client.post(address("withdraw-hand-over", second.pk))

    states = Handover.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["REFUSED", "WITHDRAWN"]


def test_a_cashier_sees_their_own_shifts_only(signed_in, branch, mina, boss):
    rafi = cashier(branch, name="Rafi")
    for person in (mina, rafi):
        paid(CustomerFactory(branch=branch), "100.00", at=AT, actor=person)
    other = Shift.objects.get(person=rafi)
    client = signed_in(mina)

    assert [row.person for row in client.get(address("shifts")).context["rows"]] == [mina]
    assert client.get(address("shift", other.number)).status_code == 404
    assert client.get(address("day-close")).status_code == 403
    assert len(signed_in(boss).get(address("shifts")).context["rows"]) == 2


def test_a_branch_manager_sees_and_closes_the_own_branch_only(signed_in, branch, mina):
    far = BranchFactory(code="CTG")
    manager = cashier(far, role=User.Role.BRANCH_MANAGER)
    paid(CustomerFactory(branch=branch), "100.00", at=AT, actor=mina)
    client = signed_in(manager)

    assert client.get(address("shift", Shift.objects.get().number)).status_code == 404
    assert client.get(address("day-close"), {"branch": branch.pk}).context["branch"] == far
    client.post(address("close-day"), {"note": ""})
    assert DayClose.objects.get().branch == far


def test_shifts_are_filtered_and_exported(signed_in, branch, mina, boss):
    paid(CustomerFactory(branch=branch), "100.00", at=AT, actor=mina)
    signed(counted(Shift.objects.get(), "90.00", at=AT), at=AT)
    paid(CustomerFactory(branch=branch), "100.00", at=AT, actor=mina)
    client = signed_in(boss)

    found = client.get(address("shifts"), {"only_differences": "1"}).context["rows"]
    assert [row.difference_amount for row in found] == [-10]
    csv = client.get(address("export-shifts"), {"state": "CLOSED"}).content.decode()
    assert csv.count("SH-2026-") == 1
    assert "-10.00" in csv
    xlsx = client.get(address("export-shifts"), {"format": "xlsx"})
    assert xlsx["Content-Type"].endswith("sheet")


def test_the_bank_slip_is_booked_once_per_form(signed_in, branch, boss):
    safe_with(branch, "2000.00", at=AT)
    client = signed_in(boss)
    form = client.get(address("cash-bank"), {"branch": branch.pk}).context["form"]
    sent = {
        "way": "TO_BANK",
        "amount": "1500",
        "slip_number": "S-9",
        "key": str(form["key"].value()),
    }
    for _twice in range(2):
        client.post(f"{address('cash-bank')}?branch={branch.pk}", sent)

    assert CashBanking.objects.filter(way="TO_BANK").count() == 1
    assert client.get(address("day-close"), {"branch": branch.pk}).context["safe"] == 500
    days = client.get(address("export-days")).content.decode()
    assert days.startswith("\ufeffDay")


@pytest.mark.parametrize("paper", ["a4", "80mm"])
def test_shift_and_closed_day_are_papers_made_by_a_worker(signed_in, branch, mina, boss, paper):
    paid(CustomerFactory(branch=branch), "100.00", at=AT, actor=mina)
    shift = signed(counted(Shift.objects.get(), "90.00", at=AT), at=AT)
    client = signed_in(boss)
    client.post(f"{address('close-day')}?branch={branch.pk}", {"note": ""})
    for place in (address("shift-paper", shift.number), address("day-paper", "HQ", "2026-01-10")):
        assert client.get(place, {"paper": paper}).status_code == 202
        waiting = Document.objects.get(state="REQUESTED")
        assert waiting.customer is None
        assert documents.make(document_id=waiting.pk, at=AT)
        made = client.get(place, {"paper": paper})
        assert made.status_code == 200, text_of(made)
        assert made.getvalue()[:5] == b"%PDF-"
        made.close()


def test_the_round_leads_from_house_to_house(signed_in, branch, mina):
    north = AreaFactory(branch=branch, name="North", path="/1/")
    south = AreaFactory(branch=branch, name="South", path="/2/")
    for area, house, name in (
        (south, "House 2", "Chitra"),
        (north, "House 9", "Babul"),
        (north, "House 1", "Amina"),
    ):
        open_invoice(CustomerFactory(branch=branch, area=area, address=house, name=name), "500.00")
    CustomerFactory(branch=branch, area=north, name="Owes nothing")
    early = Payment.objects.count()
    client = signed_in(mina)

    route = client.get(address("collect")).context["route"]
    assert [(area.name, [stop.name for stop in area.stops]) for area in route.areas] == [
        ("North", ["Amina", "Babul"]),
        ("South", ["Chitra"]),
    ]
    assert (route.count, route.due, early) == (3, Decimal(1500), 0)
    one = client.get(address("collect"), {"area": south.pk}).context["route"]
    assert [area.name for area in one.areas] == ["South"]
    mine = client.get(address("collect"), {"mine": "1"}).context["route"]
    assert mine.count == 0


def test_the_collectors_sheet_is_a_paper_of_what_is_owed_now(signed_in, branch, mina):
    area = AreaFactory(branch=branch, name="North")
    customer = CustomerFactory(branch=branch, area=area, address="House 1", name="Amina")
    open_invoice(customer, "500.00")
    client = signed_in(mina)
    assert client.get(address("collect-sheet"), {"area": area.pk}).status_code == 202
    first = Document.objects.get()
    choice, day = rounds.Choice.read(first.source_id, first.variant)
    assert (choice, day) == (rounds.Choice(branch.pk, area.pk), AT.date())
    shown = documents.paper(Wanted(first.kind, first.source_id, "en", first.variant)).context
    stop, code = shown["areas"][0]["doors"][0]
    assert (stop.name, stop.house, stop.due) == ("Amina", "House 1", Decimal(500))
    assert code == qr_image(PayLink(customer.pk, AT.date() + papers.LINK_LIFE).url())
    documents.make(document_id=first.pk, at=AT)
    made = client.get(address("collect-sheet"), {"area": area.pk})
    assert (made.status_code, made["Content-Type"]) == (200, "application/pdf")
    made.close()

    paid(customer, "500.00", at=AT + timedelta(minutes=1), actor=mina)

    assert client.get(address("collect-sheet"), {"area": area.pk}).status_code == 202


def test_the_sheet_is_printed_on_a_counters_roll_as_well(signed_in, branch, mina):
    for number in range(30):  # longer than one sheet of a roll
        customer = CustomerFactory(branch=branch, address=f"House {number:02d}")
        open_invoice(customer, "500.00")
    client = signed_in(mina)

    assert client.get(address("collect-sheet"), {"paper": "80mm"}).status_code == 202

    row = Document.objects.get()
    assert row.variant == f"a0_c0_{AT.date().isoformat()}_80mm"
    shown = documents.paper(Wanted(row.kind, row.source_id, "en", row.variant))
    assert (shown.strip_width_mm, shown.context["route"].count) == (80, 30)
    documents.make(document_id=row.pk, at=AT)
    made = client.get(address("collect-sheet"), {"paper": "80mm"})
    pages = PdfReader(io.BytesIO(b"".join(made.streaming_content))).pages
    made.close()
    assert {round(float(page.mediabox.width) / 72 * 25.4) for page in pages} == {80}
    said = "".join(page.extract_text() for page in pages)
    assert [said.count(f"House {number:02d}") for number in range(30)] == [1] * 30
    # The A4 sheet is another document.
    assert client.get(address("collect-sheet")).status_code == 202


def test_a_technician_and_support_collect_nothing(signed_in):
    for role, status in (("SUPPORT", 403), ("AUDITOR", 403), ("TECHNICIAN", 302)):
        response = signed_in(UserFactory(role=role)).get(address("collect"))
        assert response.status_code == status


def test_two_tabs_and_a_form_sent_again_ask_before_taking_twice(signed_in, branch, mina):
    customer = CustomerFactory(branch=branch)
    open_invoice(customer, "500.00")
    client = signed_in(mina)
    tabs = []
    for place in ("cash-desk", "pay"):
        form = client.get(address(place), {"customer": customer.number}).context["form"]
        tabs.append(
            (
                place,
                {
                    "customer": customer.number,
                    "key": str(form["key"].value()),
                    "amount": "500",
                    "method": "CASH",
                },
            )
        )

    first, second = tabs
    assert client.post(address(first[0]), first[1]).status_code == 302
    assert client.post(address(first[0]), first[1]).status_code == 302  # back, and sent again
    asked = client.post(address(second[0]), second[1])

    assert asked.status_code == 422
    assert "Really again?" in text_of(asked)
    assert Payment.objects.count() == 1
    assert Shift.objects.get().held_amount == 500
