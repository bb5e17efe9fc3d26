"""Whole tables of the console as files: every column is there, nobody takes more than allowed."""

import csv
import io

import pytest
from django.urls import reverse

from ispbill.accounts import access
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.reports.queries import list_files
from ispbill.reports.queries.lists import BY_KEY, FILES
from tests.architecture import samples
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import LeadFactory
from tests.factories.network import RouterFactory

pytestmark = pytest.mark.django_db


def taken(client, key, kind="csv"):
    return client.get(reverse("staff_reports:list-file", args=[key]), {"as": kind})


def lines(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_every_table_of_a_company_with_one_of_everything_has_a_line_and_all_its_cells():
    world = samples.build()

    found = {one.key: list(list_files.rows(one, world.users["OWNER"], most=50)) for one in FILES}

    empty = {key for key, rows in found.items() if not rows}
    assert empty <= {
        "credit-notes",
        "commissions",
        "payouts",
        "referrals",
        "gateway-payments",
        "churn-scores",
        "calls",
    }
    for key, rows in found.items():
        assert all(len(row) == len(list_files.head(BY_KEY[key])) for row in rows)
        # A path that leads nowhere would be an empty column in every file for ever.
        model = BY_KEY[key].found(world.users["OWNER"]).model
        for _label, path in BY_KEY[key].columns:
            assert hasattr(model, path.split(".")[0]), (key, path)


def test_a_file_has_all_rows_and_its_taking_is_kept(client):
    owner = UserFactory(role=User.Role.OWNER)
    client.force_login(owner)
    for name in ("Rahim", "Karim", "=HYPERLINK(1)"):
        LeadFactory(name=name)

    head, *rows = lines(taken(client, "leads"))

    assert head[:3] == ["Since", "Name", "Phone"]
    assert [row[1] for row in rows] == ["'=HYPERLINK(1)", "Karim", "Rahim"]
    event = AuditEvent.objects.get(action="user.list_exported")
    assert event.after == {"list": "leads", "rows": 3}
    assert taken(client, "leads", "xlsx")["Content-Type"].endswith("sheet")
    assert taken(client, "leads", "pdf").status_code == 404
    assert taken(client, "nonsense").status_code == 404


def test_a_manager_takes_the_own_branch_alone(client):
    own = BranchFactory()
    RouterFactory(branch=own, name="here")
    RouterFactory(name="elsewhere")
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=own))

    assert [row[0] for row in lines(taken(client, "routers"))[1:]] == ["here"]


def test_people_are_taken_along_by_those_who_may_export_customers(client):
    client.force_login(UserFactory(role=User.Role.NOC))
    assert taken(client, "routers").status_code == 200
    assert taken(client, "tickets").status_code == 403

    client.force_login(UserFactory(role=User.Role.CASHIER))
    assert taken(client, "stock").status_code == 403


def test_many_people_leave_with_a_fresh_proof_only(client, monkeypatch):
    monkeypatch.setattr(access, "MOST_UNPROVEN", 1)
    client.force_login(UserFactory(role=User.Role.OWNER))
    LeadFactory.create_batch(2)
    session = client.session
    session["proven_at"] = 0
    session.save()

    assert taken(client, "leads").status_code not in (200, 500)
    assert not AuditEvent.objects.filter(action="user.list_exported").exists()


def test_the_number_of_questions_does_not_grow(django_assert_max_num_queries):
    owner = UserFactory(role=User.Role.OWNER)
    for one in FILES:
        with django_assert_max_num_queries(1):
            list(list_files.rows(one, owner, most=50))


def test_the_library_offers_what_one_may_take(client):
    client.force_login(UserFactory(role=User.Role.AUDITOR))

    page = client.get(reverse("staff_reports:library")).content.decode()

    assert reverse("staff_reports:list-file", args=["tickets"]) in page
