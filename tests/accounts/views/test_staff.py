"""The company's people and branches."""

from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from ispbill.accounts import signals
from ispbill.accounts.models import Branch, TotpDevice, User
from ispbill.accounts.services import second_factor, staff
from ispbill.accounts.services.staff import OwnerNeeded
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory, UserFactory

pytestmark = pytest.mark.django_db

REASON = "because the owner asked for it"


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def edit(person, **changes):
    values = {"name": person.name, "email": person.login, "role": person.role, "reason": REASON}
    return {**values, **changes}


def test_a_person_is_added_without_a_password(client, owner):
    response = client.post(
        reverse("staff_accounts:add"),
        {"name": "Mina", "email": "Mina@Demo.test", "role": "CASHIER", "phone": "01711000001"},
    )

    mina = User.objects.get(login="mina@demo.test")
    assert response.headers["Location"] == reverse("staff_accounts:reset-access", args=[mina.pk])
    assert (mina.role, mina.phone, mina.has_usable_password()) == (
        "CASHIER",
        "+8801711000001",
        False,
    )
    assert AuditEvent.objects.get(action="user.added").after["role"] == "CASHIER"


@pytest.mark.parametrize("role", ["CUSTOMER", "RESELLER", "GOD"])
def test_roles_of_others_are_not_given_here(client, owner, role):
    form = {"name": "Mina", "email": "mina@demo.test", "role": role}

    response = client.post(reverse("staff_accounts:add"), form)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not User.objects.filter(login="mina@demo.test").exists()


def test_only_the_forms_own_fields_can_change(client, owner):
    person = UserFactory(role=User.Role.CASHIER)
    more = {"is_superuser": "on", "is_staff": "on", "password": "x", "is_active": ""}

    client.post(reverse("staff_accounts:edit", args=[person.pk]), edit(person, name="New", **more))

    person.refresh_from_db()
    assert (person.name, person.is_superuser, person.is_staff, person.is_active) == (
        "New",
        False,
        False,
        True,
    )


def test_another_role_ends_the_sessions(owner, client):
    person = UserFactory(login="mina@demo.test", role=User.Role.BILLING)
    theirs = Client()
    theirs.post("/login", {"login": "mina@demo.test", "password": "Test-12345!"})

    client.post(reverse("staff_accounts:edit", args=[person.pk]), edit(person, role="CASHIER"))

    assert theirs.get("/account/").status_code == HTTPStatus.FOUND


def test_deactivating_shuts_out_at_once_and_wants_a_reason(owner, client):
    person = UserFactory(login="mina@demo.test", role=User.Role.BILLING)
    theirs = Client()
    theirs.post("/login", {"login": "mina@demo.test", "password": "Test-12345!"})
    address = reverse("staff_accounts:switch", args=[person.pk])

    assert client.post(address, {"reason": ""}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(address, {"reason": REASON})

    assert theirs.get("/account/").status_code == HTTPStatus.FOUND
    assert AuditEvent.objects.get(action="user.deactivated").reason == REASON


def test_the_last_owner_stays(owner, client, at):
    response = client.post(reverse("staff_accounts:switch", args=[owner.pk]), {"reason": REASON})

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    person = staff.Person(name="x", email=owner.login, role=User.Role.CASHIER)
    with pytest.raises(OwnerNeeded):
        staff.change(user=owner, person=person, act=Act(owner, at, reason=REASON))


def test_a_link_lets_the_person_choose_a_password_once(owner, client):
    person = UserFactory(login="mina@demo.test", role=User.Role.CASHIER)
    sent = []

    def keep(link, **_kwargs):
        sent.append(link)

    signals.access_link_issued.connect(keep)
    try:
        page = client.post(
            reverse("staff_accounts:reset-access", args=[person.pk]),
            {"how": "link", "reason": REASON},
            follow=True,
        )
    finally:
        signals.access_link_issued.disconnect(keep)

    path = "/access/" + sent[0].split("/access/")[1]
    assert path not in page.content.decode()
    stranger = Client()
    assert stranger.get(path).status_code == HTTPStatus.OK
    stranger.post(path, {"password": "a longer sentence of mine"})
    person.refresh_from_db()
    assert person.check_password("a longer sentence of mine")
    assert stranger.get(path).status_code == HTTPStatus.GONE


@pytest.mark.parametrize("path", ["/access/x/y/", "/access/MQ/abc-def/", "/access/%00/z/"])
def test_a_made_up_link_opens_nothing(client, path):
    assert client.get(path).status_code == HTTPStatus.GONE


def test_a_temporary_password_has_to_be_changed(owner, client):
    person = UserFactory(login="mina@demo.test", role=User.Role.CASHIER)
    address = reverse("staff_accounts:reset-access", args=[person.pk])

    client.post(address, {"how": "temporary", "password": "for today only", "reason": REASON})

    theirs = Client()
    theirs.post("/login", {"login": "mina@demo.test", "password": "for today only"})
    first = theirs.get("/admin/audit/")
    assert first.headers["Location"].startswith("/account/password/")


def test_a_refused_password_leaves_the_second_factor_where_it_is(owner, client):
    person = UserFactory(login="mina@demo.test", role=User.Role.CASHIER)
    second_factor.start(user=person)
    address = reverse("staff_accounts:reset-access", args=[person.pk])
    given = {"how": "temporary", "removes_second_factor": "on", "reason": REASON}

    refused = client.post(address, {**given, "password": "password1234"})

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert TotpDevice.objects.filter(user=person).exists()
    assert client.post(address, {**given, "password": "for today only"}).status_code == 302
    assert not TotpDevice.objects.filter(user=person).exists()


def test_a_branch_manager_sees_the_own_people_only(client):
    mine, other = BranchFactory(), BranchFactory()
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=mine))
    stranger = UserFactory(role=User.Role.CASHIER, branch=other)

    listed = client.get(reverse("staff_accounts:staff")).context["page"].object_list

    assert {person.branch for person in listed} == {mine}
    page = client.get(reverse("staff_accounts:person", args=[stranger.pk]))
    assert page.status_code == HTTPStatus.NOT_FOUND


def test_customers_are_not_staff(owner, client):
    customer = UserFactory(role=User.Role.CUSTOMER)

    page = client.get(reverse("staff_accounts:person", args=[customer.pk]))

    assert page.status_code == HTTPStatus.NOT_FOUND


def test_a_branch_is_opened_changed_and_closed(owner, client):
    form = {"code": "CTG", "name": "Chattogram"}
    client.post(reverse("staff_accounts:add-branch"), form)
    branch = Branch.objects.get(code="CTG")

    again = client.post(reverse("staff_accounts:add-branch"), form)
    client.post(reverse("staff_accounts:edit-branch", args=[branch.pk]), {**form, "phone": "031"})
    client.post(reverse("staff_accounts:archive-branch", args=[branch.pk]), {"reason": REASON})

    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    branch.refresh_from_db()
    assert branch.phone == "031"
    assert branch.archived_at is not None
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "branch.added",
        "branch.changed",
        "branch.archived",
    ]


@pytest.mark.parametrize("name", ["staff", "roles", "branches", "add", "add-branch"])
def test_the_pages_open(owner, client, name):
    assert client.get(reverse(f"staff_accounts:{name}")).status_code == HTTPStatus.OK
