"""Customers from another system: read, judged, taken in, gone live, taken back."""

import csv
import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import Workbook

from billing.invoices.models import Invoice, Schedule
from customers.models import Customer, Subscription
from ispbill.accounts.access import PROVEN_AT
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from ispbill.notifications.models import Message
from network.models import Access
from signup.imports.models import Import, ImportRow
from signup.imports.queries import parity
from signup.imports.rules import fields
from signup.imports.rules.reading import Way, read
from signup.imports.services import (
    checking,
    going_live,
    judging,
    mapping,
    running,
    steps,
    undoing,
    uploading,
    working,
)
from signup.imports.services.mapping import Reading
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    PackageFactory,
    PackagePriceFactory,
)
from tests.factories.tickets import opened

pytestmark = pytest.mark.django_db
WHY = "we move in from the old system"
HEAD = "id,name,phone,email,address,area,package,status,connection,billing day,next bill,balance"
ROWS = [
    "1,Amina Begum,01711000001,amina@mail.test,House 1,Uttara,Home 30,active,amina,5,2026-12-05,"
    "1725.00",
    "2,Babul Hossain,01711000002,,House 2,Uttara,Home 30,suspended,babul,5,2026-12-05,500",
    "3,Chitra Roy,01711000003,chitra@,House 3,Uttara,,,,,,-300",
    "4,Dipu,12,,House 4,Uttara,Home 30,active,dipu,5,2026-12-05,0",
    "5,Elias,01711000001,,House 5,Uttara,Home 30,active,elias,5,2026-12-05,0",
    "6,Farid,8.80171E+12,,House 6,Nowhere,Gold,odd,farid,40,2026-31-12,x",
]


@pytest.fixture(autouse=True)
def place():
    AreaFactory(name="Uttara")
    package = PackageFactory(name="Home 30")
    PackagePriceFactory(package=package)
    return package


@pytest.fixture
def owner():
    return UserFactory(role="OWNER")


def act(owner, reason=WHY):
    return Act.now(owner, reason=reason)


def uploaded(owner, rows=ROWS, head=HEAD, system="PLAIN"):
    content = "\n".join([head, *rows]).encode()
    return uploading.upload(name="old.csv", content=content, system=system, act=act(owner))


def done(batch):
    working.work(import_id=batch.pk)
    batch.refresh_from_db()
    return batch


def checked(owner, **more):
    batch = uploaded(owner, **more)
    checking.start(batch=batch, act=act(owner))
    return done(batch)


def taken_in(owner, **more):
    batch = checked(owner, **more)
    running.start(batch=batch, act=act(owner))
    return done(batch)


def live(owner, **more):
    batch = taken_in(owner, **more)
    going_live.start(batch=batch, act=act(owner))
    return done(batch)


def codes(batch):
    return {
        row.row_no: [code for _column, code, _message in row.problems]
        for row in batch.rows.order_by("row_no")
    }


# --- Reading


@pytest.mark.parametrize("kind", ["utf-8", "utf-16", "semicolon", "xlsx"])
def test_a_file_is_read_as_it_comes(owner, kind):
    rows = [HEAD.split(","), ROWS[0].split(",")]
    if kind == "xlsx":
        book, target = Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(target)
        content = target.getvalue()
    else:
        mark = ";" if kind == "semicolon" else ","
        text = "\r\n".join(mark.join(row) for row in rows)
        content = text.encode("utf-16" if kind == "utf-16" else "utf-8")
    batch = uploading.upload(name="old", content=content, system="PLAIN", act=act(owner))
    checking.start(batch=batch, act=act(owner))
    done(batch)

    assert codes(batch) == {2: []}
    assert batch.rows.get().source_id == "1"


WORDS = {
    "SPLYNX": (
        "id,name,phone,status,login,deposit,tariff",
        '7,Amina,"01711000001,01711000009",blocked,amina,-150,Home 30',
        ("SUSPENDED", "amina", "01711000009", Decimal(150)),
    ),
    "PHPNUXBILL": (
        "id,fullname,phonenumber,email,status,pppoe_username,namebp,balance,expiration",
        "7,Amina,01711000001,1,Inactive,amina,Home 30,20,2026-12-05",
        ("SUSPENDED", "amina", "", Decimal(-20)),
    ),
    "UISP": (
        "userIdent,clientName,phone,servicePlanName,status,username,accountOutstanding,accountCredit",
        "7,Amina,01711000001,Home 30,6,amina,500,120",
        ("ACTIVE", "amina", "", Decimal(380)),
    ),
}


@pytest.mark.parametrize("system", WORDS)
def test_the_words_of_other_systems(system):
    head, row, expected = WORDS[system]
    way = Way(system, fields.guess(system, head.split(",")), "YYYY-MM-DD", ".")

    said = read(next(csv.reader([row])), way)

    assert said.problems == ()
    assert (said.status, said.connection_id, said.alternate_phone, said.balance) == expected
    assert (said.source_id, said.name, said.email) == ("7", "Amina", "")


def test_what_another_system_keeps_beside_is_left_out(owner):
    batch = checked(
        owner,
        system="PHPNUXBILL",
        head="id,fullname,phonenumber,namebp,type",
        rows=["1,Amina,01711000001,Home 30,Hotspot"],
    )
    assert batch.rows.get().state == "SKIPPED"


# --- The dry run


def test_every_row_says_what_is_wrong_with_it(owner):
    batch = checked(owner)

    assert batch.state == "CHECKED"
    assert codes(batch) == {
        2: [],
        3: [],
        4: ["bad_email"],
        5: ["bad_phone"],
        6: ["duplicate_in_file"],
        7: [
            "phone_lost_in_excel",
            "bad_date",
            "unknown_status",
            "bad_day",
            "bad_amount",
            "unknown_area",
            "unknown_package",
        ],
    }
    states = batch.rows.order_by("row_no").values_list("state", flat=True)
    assert list(states) == ["READY", "READY", "READY", "REFUSED", "REFUSED", "REFUSED"]
    assert not Customer.objects.exists()


def test_what_is_here_already_is_seen(owner):
    CustomerFactory(phone="+8801711000001")

    assert codes(checked(owner, rows=ROWS[:1])) == {2: ["phone_taken"]}


def test_their_words_are_explained_and_the_file_checked_anew(owner, place):
    area = AreaFactory(name="Banani")
    batch = checked(owner, rows=["1,Amina,01711000001,,x,Block B,Gold,active,a,5,,0"])
    assert codes(batch) == {2: ["unknown_area", "unknown_package"]}

    words = {"area": {"Block B": area.pk}, "package": {"Gold": place.pk}}
    mapping.explain(batch=batch, words=words, act=act(owner))

    assert codes(done(batch)) == {2: []}


def test_columns_are_named_by_hand(owner):
    batch = uploaded(owner, head="a,b,c", rows=["1,Amina,01711000001"])
    reading = Reading(
        mapping={"source_id": 0, "name": 1, "phone": 2},
        date_format="YYYY-MM-DD",
        decimal_mark=".",
        area_id=AreaFactory().pk,
        package_id=None,
    )
    mapping.name_columns(batch=batch, reading=reading, act=act(owner))

    assert codes(done(batch)) == {2: []}


# --- Taken in


def test_taken_in_nothing_happens_yet(owner):
    batch = taken_in(owner)

    assert batch.state == "DONE"
    assert bytes(batch.content) == b""
    names = Customer.objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["Amina Begum", "Babul Hossain", "Chitra Roy"]
    services = Subscription.objects.order_by("pk").values_list(
        "status", "connection_id", "billing_day"
    )
    assert list(services) == [("PENDING", "amina", 5), ("PENDING", "babul", 5)]
    for nothing in (Invoice, Message, Schedule, Access):
        assert not nothing.objects.exists()


def test_taken_in_once_however_often_the_file_comes(owner):
    taken_in(owner, rows=ROWS[:2])

    again = taken_in(owner, rows=[ROWS[0], ROWS[1].replace("500", "700")])

    states = again.rows.order_by("row_no").values_list("state", flat=True)
    assert list(states) == ["SAME", "CHANGED"]
    assert Customer.objects.count() == 2


def test_a_second_service_of_a_customer_is_theirs(owner):
    second = ROWS[0].replace("amina,5", "amina-shop,9").replace("1725.00", "0")

    taken_in(owner, rows=[ROWS[0], second])

    customer = Customer.objects.get()
    lines = customer.subscriptions.order_by("line_no").values_list("connection_id", flat=True)
    assert list(lines) == ["amina", "amina-shop"]


def test_a_worker_that_died_is_taken_up_again(owner, monkeypatch):
    batch = checked(owner)
    running.start(batch=batch, act=act(owner))
    make, made = running._make, []

    def dies(*args, **kwargs):
        if made:
            raise KeyboardInterrupt
        made.append(make(*args, **kwargs))

    monkeypatch.setattr(running, "_make", dies)
    with pytest.raises(KeyboardInterrupt):
        working.work(import_id=batch.pk)
    monkeypatch.undo()
    assert Customer.objects.count() == 1
    late = clock.real_now() + timedelta(minutes=6)
    assert steps.lost(real_at=late) == [batch.pk]

    assert done(batch).state == "DONE"
    assert Customer.objects.count() == 3


def test_what_became_impossible_after_the_check_is_not_taken_in(owner, place):
    batch = checked(owner, rows=ROWS[:2])
    place.archived_at = clock.now()
    place.save()

    running.start(batch=batch, act=act(owner))
    done(batch)

    assert codes(batch) == {2: ["unknown_package"], 3: ["unknown_package"]}
    assert not Customer.objects.exists()


def test_two_imports_of_one_file_take_it_in_once(owner):
    first, second = checked(owner, rows=ROWS[:2]), checked(owner, rows=ROWS[:2])
    for batch in (first, second):
        running.start(batch=batch, act=act(owner))

    for batch in (first, second):
        assert done(batch).state == "DONE"

    assert set(second.rows.values_list("state", flat=True)) == {"SAME"}
    assert Subscription.objects.count() == 2


# --- Live


def test_live_services_run_from_where_they_were_billed_and_balances_are_open(owner):
    live(owner)

    amina, babul, chitra = Customer.objects.order_by("pk")
    states = Subscription.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["ACTIVE", "SUSPENDED"]
    ends = Schedule.objects.order_by("pk").values_list("billed_until", flat=True)
    assert [str(day) for day in ends] == ["2026-12-05", "2026-12-05"]
    owed = [one.account_state.balance_amount for one in (amina, babul, chitra)]
    assert owed == [Decimal("1725.00"), Decimal("500.00"), Decimal("-300.00")]
    opening = Invoice.objects.get(customer=amina)
    assert (opening.kind, opening.tax_amount) == ("ADJUSTMENT", Decimal(0))
    accounts = opening.lines.values_list("account_id", flat=True)
    assert list(accounts) == [3000]
    assert not Message.objects.exists()
    call_command("check_ledger")


def test_steps_come_in_their_order_and_for_a_reason(owner):
    batch = checked(owner)
    with pytest.raises(steps.WrongStep):
        going_live.start(batch=batch, act=act(owner))
    with pytest.raises(ReasonMissing):
        running.start(batch=batch, act=act(owner, reason=""))


# --- Undone


def test_a_whole_import_goes_and_what_was_touched_stays(owner):
    batch = live(owner)
    opened(Customer.objects.get(name="Babul Hossain"), at=clock.now())

    undoing.start(batch=batch, act=act(owner))
    done(batch)

    assert batch.state == "UNDONE"
    archived = Customer.objects.exclude(archived_at=None).order_by("pk")
    assert [one.name for one in archived] == ["Amina Begum", "Chitra Roy"]
    assert [str(one.account_state.balance_amount) for one in archived] == ["0.00", "0.00"]
    kept = ImportRow.objects.exclude(kept_why="").get()
    assert (kept.customer.name, kept.kept_why) == ("Babul Hossain", "has a ticket")
    states = Subscription.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["CANCELLED", "SUSPENDED"]
    call_command("check_ledger")


def test_what_was_undone_may_come_again(owner):
    batch = taken_in(owner, rows=ROWS[:1])
    undoing.start(batch=batch, act=act(owner))
    done(batch)

    again = taken_in(owner, rows=ROWS[:1])

    assert again.rows.get().state == "MADE"
    assert Customer.objects.filter(archived_at=None).count() == 1


def test_after_thirty_days_it_stays(owner):
    batch = taken_in(owner, rows=ROWS[:1])
    Import.objects.update(done_at=clock.now() - timedelta(days=31))
    batch.refresh_from_db()

    with pytest.raises(undoing.TooLate):
        undoing.start(batch=batch, act=act(owner))


# --- The pages


def test_from_the_file_to_going_live_in_the_console(client, owner):
    client.force_login(owner)
    session = client.session
    session[PROVEN_AT] = clock.real_now().timestamp()
    session.save()
    file = io.BytesIO("\n".join([HEAD, *ROWS]).encode())
    file.name = "old.csv"
    page = client.post(
        reverse("staff_signup:imports"), {"system": "PLAIN", "kind": "CUSTOMERS", "file": file}
    )["Location"]
    batch = Import.objects.get()
    shown = client.get(reverse("staff_signup:import-columns", args=[batch.pk]))
    given = {name: field.initial or "" for name, field in shown.context["form"].fields.items()}
    client.post(reverse("staff_signup:import-columns", args=[batch.pk]), given)
    done(batch)
    body = client.get(page).content.decode()
    assert "Take in 3 rows" in body
    assert "lost the end of the number" in body
    sheet = b"".join(
        client.get(reverse("staff_signup:import-errors", args=[batch.pk])).streaming_content
    )
    assert "bad_phone" in sheet.decode()

    client.post(reverse("staff_signup:run-import", args=[batch.pk]), {"reason": WHY})
    done(batch)
    client.post(reverse("staff_signup:start-import", args=[batch.pk]), {"reason": WHY})
    assert done(batch).state == "LIVE"
    assert "Live" in client.get(page).content.decode()


def test_a_formula_in_a_file_is_disarmed_on_its_way_out(client, owner):
    client.force_login(owner)
    batch = checked(owner, rows=["1,=1+1,12,,x,Uttara,,,,,,"])

    sheet = b"".join(
        client.get(reverse("staff_signup:import-errors", args=[batch.pk])).streaming_content
    )

    assert ",'=1+1," in sheet.decode()


def test_who_may_not_import_finds_nothing(client):
    client.force_login(UserFactory(role="SUPPORT"))

    assert client.get(reverse("staff_signup:imports")).status_code == 403


# --- The command


def test_the_command_judges_and_takes_in(owner, tmp_path, capsys):
    file = tmp_path / "old.csv"
    file.write_text("\n".join([HEAD, *ROWS]))

    with pytest.raises(CommandError) as wrong:
        call_command("import_customers", str(file), "--dry-run", "--json")
    assert wrong.value.returncode == 1
    assert json.loads(capsys.readouterr().out)["rows"] == {"ALL": 6, "READY": 3, "REFUSED": 3}
    assert not Customer.objects.exists()

    file.write_text("\n".join([HEAD, *ROWS[:3]]))
    call_command("import_customers", str(file))

    assert Customer.objects.count() == 3
    assert "made: 3" in capsys.readouterr().out


# --- Parity


def test_our_next_bills_are_compared_with_theirs(owner):
    head = "id,name,phone,area,package,connection,next bill amount"
    rows = [
        "1,Amina,01711000001,Uttara,Home 30,amina,1150.00",
        "2,Babul,01711000002,Uttara,Home 30,babul,1100",
        "3,Chitra,01711000003,Uttara,,,",
    ]
    batch = taken_in(owner, head=head, rows=rows)

    found = parity.of(batch, judging.way_of(batch), on=clock.today())

    assert (found.compared, found.equal) == (2, 1)
    [other] = found.differences
    assert (other.customer.name, other.theirs, other.ours) == (
        "Babul",
        Decimal("1100"),
        Decimal("1150.00"),
    )
