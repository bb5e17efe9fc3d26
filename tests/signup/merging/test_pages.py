"""Duplicates as staff see them: found, compared, made one, apart again, and set aside."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from customers.models import Customer, CustomerLogin, DuplicatePair, Merge
from customers.queries import search
from ispbill.accounts.models import User
from ispbill.api.services import tokens
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.pay_links import PayLink, Source
from payments.online.queries import online
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
WHY = {"reason": "the same person signed up twice"}


@pytest.fixture
def two():
    """Two accounts that share phone and name: a pair of sixty points."""
    first = CustomerFactory(name="Amina Begum", address="House 4")
    second = CustomerFactory(
        name="Amina Begam", phone=first.phone, allows_shared_phone=True, address="House 9"
    )
    call_command("find_duplicates")
    return first, second


def sign_in(client, role="OWNER", **values):
    user = UserFactory(role=role, **values)
    client.force_login(user)
    return user


def page_of(name, *args):
    return reverse(f"staff_signup:{name}", args=args)


def test_a_pair_is_listed_compared_and_made_one(client, two):
    first, second = two
    SubscriptionFactory(customer=second)
    sign_in(client)

    listed = client.get(page_of("duplicates")).content.decode()
    compared = client.get(page_of("compare", first.number, second.number)).content.decode()
    answer = client.post(page_of("merge", first.number, second.number), WHY)

    assert "same phone, similar name" in listed
    assert (first.number in compared, "Likeness 60" in compared) == (True, True)
    assert answer.status_code == 302, answer.content.decode()
    assert Merge.objects.get().survivor == first
    merged = client.get(page_of("duplicates"), {"tab": "merged"}).content.decode()
    assert second.number in merged


def test_the_number_of_an_absorbed_account_finds_the_survivor(client, two):
    first, second = two
    owner = sign_in(client)
    client.post(page_of("merge", first.number, second.number), WHY)
    address = reverse("staff_customers:customer", args=[second.number])

    there = client.get(address)
    own = client.get(f"{address}?own=1").content.decode()
    listed = client.get(reverse("staff_customers:index"), {"q": second.number}).content.decode()

    kept = reverse("staff_customers:customer", args=[first.number])
    assert (there.status_code, there["Location"]) == (302, kept)
    assert "This account became a part of" in own
    assert kept in listed
    assert owner.role == User.Role.OWNER


def test_a_merge_is_taken_apart_from_the_survivors_page(client, two):
    first, second = two
    sign_in(client)
    client.post(page_of("merge", first.number, second.number), WHY)
    undo = page_of("undo-merge", Merge.objects.get().pk)
    shown = client.get(reverse("staff_customers:customer", args=[first.number])).content.decode()

    answer = client.post(undo, {"reason": "they are two people after all"})

    assert undo in shown
    assert answer.status_code == 302, answer.content.decode()
    second.refresh_from_db()
    assert (second.archived_at, second.merged_into) == (None, None)


def test_a_pair_that_is_ignored_comes_back_once_it_is_more_alike(client, two):
    first, second = two
    sign_in(client)
    client.post(page_of("ignore-pair", DuplicatePair.objects.get().pk), WHY)
    call_command("find_duplicates")
    gone = client.get(page_of("duplicates")).content.decode()
    first.refresh_from_db()
    assert (first.number in gone, first.is_duplicate_suspect) == (False, False)

    Customer.objects.filter(pk__in=[first.pk, second.pk]).update(email="amina@mail.test")
    call_command("find_duplicates")

    assert first.number in client.get(page_of("duplicates")).content.decode()


def test_what_cannot_be_merged_says_why(client, two):
    first, second = two
    Customer.objects.filter(pk=second.pk).update(reseller_id=_reseller())
    sign_in(client)

    answer = client.post(page_of("merge", first.number, second.number), WHY)

    assert answer.status_code == 422
    assert "different resellers" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "listed", "merged"),
    [("BILLING", 200, 200), ("SUPPORT", 200, 403), ("AUDITOR", 403, 403), ("NOC", 403, 403)],
)
def test_who_may_look_and_who_may_merge(client, two, role, listed, merged):
    sign_in(client, role)

    assert client.get(page_of("duplicates")).status_code == listed
    assert client.get(page_of("merge", *(one.number for one in two))).status_code == merged


def test_a_branch_manager_merges_within_the_own_branch_alone(client):
    mine = AreaFactory(branch=BranchFactory())
    own, foreign = CustomerFactory(area=mine), CustomerFactory()
    sign_in(client, "BRANCH_MANAGER", branch=mine.branch)

    answer = client.get(page_of("merge", own.number, foreign.number))

    assert answer.status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_pair_and_for_three(
    client, count, django_assert_max_num_queries
):
    for n in range(count):
        phone = f"+88018000000{n}0"
        CustomerFactory(phone=phone, address=f"A{n}")
        CustomerFactory(phone=phone, address=f"B{n}", allows_shared_phone=True)
    call_command("find_duplicates")
    sign_in(client)
    client.get(page_of("duplicates"))

    with django_assert_max_num_queries(14):
        client.get(page_of("duplicates"))


def _reseller():
    from tests.factories.resellers import ResellerFactory

    return ResellerFactory().pk


def test_the_api_and_the_pay_page_know_the_number_too(client, two):
    first, second = two
    owner = sign_in(client)
    client.post(page_of("merge", first.number, second.number), WHY)
    word = tokens.issue(name="x", scopes=["customers:read"], days=9, act=Act.now(owner))[1]
    asking = {"headers": {"Authorization": f"Bearer {word}"}}

    answer = client.get(f"/api/admin/customers/{second.number}?x=1", **asking)
    followed = client.get(f"/api/admin/customers/{first.number}", **asking)
    found = online.found(second.number, digits=second.phone[-4:], on=clock.today())

    assert answer.status_code == 308
    assert answer["Location"] == f"/api/admin/customers/{first.number}?x=1"
    assert (followed.status_code, len(found)) == (200, 1)


def test_a_service_is_found_by_the_id_it_had_before_by_the_api_and_by_search(client, two):
    first, second = two
    SubscriptionFactory(customer=first)
    moved = SubscriptionFactory(customer=second)
    old = f"{second.number}-{moved.line_no}"
    owner = sign_in(client)
    client.post(page_of("merge", first.number, second.number), WHY)
    word = tokens.issue(name="x", scopes=["audit:read"], days=9, act=Act.now(owner))[1]
    asking = {"headers": {"Authorization": f"Bearer {word}"}}
    base = f"/api/admin/customers/{first.number}/services"

    answer = client.get(f"/api/admin/customers/{second.number}/services/{old}/audit", **asking)
    followed = client.get(answer["Location"], **asking)
    unknown = client.get(f"{base}/{second.number}-9/audit", **asking)
    found = search.match(Customer.objects.all(), old).exact

    assert answer.status_code == 308
    assert (followed.status_code, unknown.status_code) == (200, 404)
    assert first.pk in found


def test_a_customer_reads_the_usage_of_a_service_by_its_old_id(client, two):
    first, second = two
    moved = SubscriptionFactory(customer=second, status="ACTIVE")
    old = f"{second.number}-{moved.line_no}"
    sign_in(client)
    client.post(page_of("merge", first.number, second.number), WHY)
    moved.refresh_from_db()
    user = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(user=user, customer=first)
    word = tokens.issue(name="x", scopes=["dashboard:read"], days=9, act=Act.now(user))[1]
    asking = {"headers": {"Authorization": f"Bearer {word}"}}
    today = clock.today().isoformat()
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()

    told = client.get(f"/api/dashboard/usage?service={old}&from={today}&to={tomorrow}", **asking)

    assert told.status_code == 200
    assert told.json()["service"] == f"{first.number}-{moved.line_no}"


def test_a_link_to_pay_that_the_absorbed_was_sent_pays_the_survivors_bill(client, two):
    first, second = two
    sign_in(client)
    client.post(page_of("merge", first.number, second.number), WHY)
    link = PayLink(second.pk, clock.today(), Source.PAY_PAGE)

    assert online.payable(link, at=clock.now()).customer == first
