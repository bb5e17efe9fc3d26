"""Usage that somebody typed in a file: looked at, taken in once, undone."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.usage.models import UsageDay, UsageFile, UsageFileRow
from network.usage.models.totals import Source
from network.usage.rules import manual as rules
from network.usage.services import manual, totals, writing
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.network import AccessFactory

HEAD = "username,date,upload_gb,download_gb\n"
TODAY = date(2026, 1, 10)
REASON = "They had sent the wrong month"


def problems(text):
    return [row.problem for row in rules.read((HEAD + text).encode(), today=TODAY)]


def test_amounts_become_bytes_of_a_thousand_million_each():
    content = "\ufeffdate;download_gb;username;upload_gb\n2026-01-09; 12.5 ;a@isp;0.000000001\n\n"
    (row,) = rules.read(content.encode(), today=TODAY)

    assert (row.username, row.on) == ("a@isp", date(2026, 1, 9))
    assert (row.upload, row.download, row.problem) == (1, 12_500_000_000, "")


def test_a_row_that_cannot_count_says_why():
    lines = [
        "a,2026-01-09,1,2",
        "a,2026-01-09,1,2",
        "a,2026-01-11,1,2",
        "a,09.01.2026,1,2",
        "a,2026-01-08,-1,2",
        "a,2026-01-08,1,10000.01",
        "a,2026-01-08,1,NaN",
        "a,2026-01-08,1",
        "a,2026-01-10,0,10000",
    ]
    words = ["-", "DOUBLED", "FUTURE", "DATE", "NEGATIVE", "TOO_MUCH", "NUMBER", "SHORT", "-"]
    assert [one or "-" for one in problems("\n".join(lines))] == words


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xfe\x00", "ENCODING"),
        (b"name,date\n", "COLUMNS"),
        (b"", "COLUMNS"),
        (HEAD.encode(), "EMPTY"),
        ((HEAD + "a,2026-01-01,1,1\n" * (rules.MOST_ROWS + 1)).encode(), "ROWS"),
    ],
)
def test_what_is_no_such_file_is_refused(content, why):
    with pytest.raises(rules.Unreadable) as refused:
        rules.read(content, today=TODAY)
    assert refused.value.why == why


@pytest.fixture
def noc(db):
    return UserFactory(role="NOC")


@pytest.fixture
def line(db):
    return AccessFactory(username="amina@isp")


@pytest.fixture
def on():
    return clock.today() - timedelta(days=3)


def uploaded(user, *rows):
    text = HEAD + "\n".join(rows)
    return manual.upload(name="january.csv", content=text.encode(), act=Act.now(user))


def taken(user, *rows):
    return manual.take(file=uploaded(user, *rows), act=Act.now(user))


def stands(line):
    rows = UsageDay.objects.filter(subscription=line.subscription).order_by("date")
    return [(row.source, row.upload_bytes // 10**9, row.download_bytes // 10**9) for row in rows]


def outcomes(file):
    return list(file.rows.order_by("row_no").values_list("outcome", flat=True))


def test_nothing_counts_before_it_is_taken_in(noc, line, on):
    file = uploaded(noc, f"amina@isp,{on},1,2", f"ghost,{on},1,2")

    assert stands(line) == []
    assert list(file.rows.order_by("row_no").values_list("problem", flat=True)) == ["", "UNKNOWN"]


def test_a_name_of_two_lines_is_nobodys(noc, line, on):
    AccessFactory(username="amina@isp")

    assert uploaded(noc, f"amina@isp,{on},1,2").rows.get().problem == "AMBIGUOUS"


def test_a_name_of_another_branch_is_unknown(line, on):
    manager = UserFactory(role="BRANCH_MANAGER", branch=BranchFactory())

    assert uploaded(manager, f"amina@isp,{on},1,2").rows.get().problem == "UNKNOWN"


def test_it_counts_where_nobody_measured_and_repeating_changes_nothing(noc, line, on):
    file = taken(noc, f"amina@isp,{on},1,2")

    assert stands(line) == [("MANUAL", 1, 2)]
    assert outcomes(file) == ["WRITTEN"]
    assert outcomes(taken(noc, f"amina@isp,{on},1,2")) == ["SAME"]
    assert stands(line) == [("MANUAL", 1, 2)]
    with pytest.raises(DomainError, match="already"):
        manual.take(file=file, act=Act.now(noc))


def metered(line, on, size):
    start = clock.zone()
    hour = (
        clock.now()
        .astimezone(start)
        .replace(
            year=on.year, month=on.month, day=on.day, hour=5, minute=0, second=0, microsecond=0
        )
    )
    writing.hours(
        {(line.subscription_id, line.customer_id, hour): [size, size]}, source=Source.MIKROTIK
    )
    totals.add_up([(line.subscription_id, on)])


def test_a_measured_day_stays_and_a_meter_wins_later_too(noc, line, on):
    metered(line, on, 7 * 10**9)
    later = on + timedelta(days=1)

    file = taken(noc, f"amina@isp,{on},1,2", f"amina@isp,{later},1,2")
    assert outcomes(file) == ["METERED", "WRITTEN"]
    metered(line, later, 9 * 10**9)

    assert stands(line) == [("MIKROTIK", 7, 7), ("MIKROTIK", 9, 9)]
    manual.undo(file=file, act=Act.now(noc, reason=REASON))
    assert stands(line) == [("MIKROTIK", 7, 7), ("MIKROTIK", 9, 9)]
    assert outcomes(file) == ["METERED", "CHANGED"]


def test_undone_each_day_is_what_it_was(noc, line, on):
    taken(noc, f"amina@isp,{on},1,2")
    second = taken(noc, f"amina@isp,{on},5,6", f"amina@isp,{on + timedelta(days=1)},3,4")
    assert stands(line) == [("MANUAL", 5, 6), ("MANUAL", 3, 4)]

    manual.undo(file=second, act=Act.now(noc, reason=REASON))

    assert stands(line) == [("MANUAL", 1, 2)]
    assert outcomes(second) == ["UNDONE", "UNDONE"]
    with pytest.raises(DomainError, match="Nothing"):
        manual.undo(file=second, act=Act.now(noc, reason=REASON))


def test_the_trail_tells_of_the_file_and_of_each_service(noc, line, on):
    file = taken(noc, f"amina@isp,{on},1,2")
    manual.undo(file=file, act=Act.now(noc, reason=REASON))

    told = AuditEvent.objects.filter(customer_id=line.customer_id).order_by("pk")
    assert list(told.values_list("action", flat=True)) == ["usage.typed_in", "usage.typing_undone"]
    assert told[0].after == {"days": 1, "gb": "3.00"}
    assert AuditEvent.objects.get(action="usage_file.undone").reason == REASON


def test_the_page_uploads_shows_takes_in_and_undoes(client, noc, line, on):
    client.force_login(noc)
    text = f"{HEAD}amina@isp,{on},1,2\nghost,{on},1,2\n"
    sent = SimpleUploadedFile("january.csv", text.encode())

    shown = client.post(reverse("staff_network:upload-usage"), {"file": sent}, follow=True)
    assert "No line has this user name" in shown.text
    assert "Take in 1 rows" in shown.text
    file = UsageFile.objects.get()
    assert "january.csv" in client.get(reverse("staff_network:usage-sync")).text
    assert "ghost" in client.get(reverse("staff_network:usage-file-errors", args=[file.pk])).text

    taken_in = client.post(reverse("staff_network:take-usage-file", args=[file.pk]), follow=True)
    assert "Counts now" in taken_in.text
    undo = reverse("staff_network:undo-usage-file", args=[file.pk])
    assert client.post(undo, {"reason": ""}).status_code == 422
    assert client.post(undo, {"reason": REASON}).status_code == 302
    assert stands(line) == []


def test_a_file_that_is_none_is_refused_above_its_field(client, noc):
    client.force_login(noc)
    sent = SimpleUploadedFile("x.csv", b"name\nx\n")
    answer = client.post(reverse("staff_network:upload-usage"), {"file": sent})

    assert answer.status_code == 422
    assert "has to name username" in answer.text
    assert not UsageFileRow.objects.exists()


def test_support_looks_and_changes_nothing(client, noc, line, on):
    file = uploaded(noc, f"amina@isp,{on},1,2")
    client.force_login(UserFactory(role="SUPPORT"))

    assert client.get(reverse("staff_network:usage-file", args=[file.pk])).status_code == 200
    assert client.get(reverse("staff_network:upload-usage")).status_code == 403
    assert client.post(reverse("staff_network:take-usage-file", args=[file.pk])).status_code == 403


def test_another_branchs_file_is_not_found(client, noc, line, on):
    file = uploaded(noc, f"amina@isp,{on},1,2")
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))

    assert client.get(reverse("staff_network:usage-file", args=[file.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_no_more_for_more(client, noc, on, count, django_assert_max_num_queries):
    lines = [AccessFactory() for _each in range(count)]
    file = uploaded(noc, *[f"{line.username},{on},1,2" for line in lines], "ghost,x,1,2")
    client.force_login(noc)
    address = reverse("staff_network:usage-file", args=[file.pk])
    client.get(address)

    with django_assert_max_num_queries(13):
        client.get(address, headers={"HX-Request": "true"})
