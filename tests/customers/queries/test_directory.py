"""Who may see whom, what a filter leaves, and what must not appear."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from customers.models import AccountState, Customer, CustomerLogin
from customers.queries import counting, directory, listing
from customers.queries.directory import Filters
from customers.services import areas
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory, PackageFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 10)
NOW = datetime(2026, 1, 10, 6, tzinfo=UTC)


def left(filters, customers=None):
    everybody = Customer.objects.all() if customers is None else customers
    return set(directory.find(everybody, filters, on=ON).customers)


def stand(customer, **values):
    AccountState.objects.filter(customer=customer).update(**values)
    return customer


@pytest.mark.parametrize(
    "role", ["OWNER", "BILLING", "CASHIER", "SUPPORT", "NOC", "SALES", "AUDITOR"]
)
def test_staff_of_the_house_see_everybody(role):
    CustomerFactory()

    assert directory.visible_to(UserFactory(role=role)).count() == 1


def test_a_branch_manager_sees_the_branch_alone():
    branch = BranchFactory()
    mine = CustomerFactory(area__branch=branch)
    CustomerFactory()

    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=branch)

    assert set(directory.visible_to(manager)) == {mine}


def test_a_customer_sees_the_accounts_of_the_login_alone(at):
    user = UserFactory(role=User.Role.CUSTOMER)
    mine, archived = CustomerFactory(), CustomerFactory(archived_at=at)
    CustomerFactory()
    for customer in (mine, archived):
        CustomerLogin.objects.create(user=user, customer=customer)

    assert set(directory.visible_to(user)) == {mine}
    assert directory.own_accounts(user) == [mine.pk]


@pytest.mark.parametrize("role", ["RESELLER", "TECHNICIAN"])
def test_partners_see_nobody_but_those_their_guard_names(role):
    customer, _other = CustomerFactory(), CustomerFactory()
    user = UserFactory(role=role)

    assert set(directory.visible_to(user)) == set()
    assert set(directory.visible_to(user, customer_ids=[customer.pk])) == {customer}


def test_archived_accounts_appear_only_when_asked_for(at):
    living, archived = CustomerFactory(), CustomerFactory(archived_at=at)

    assert left(Filters()) == {living}
    assert left(Filters(is_archived=True)) == {archived}


def test_an_area_is_meant_with_all_that_lies_in_it(at):
    branch = BranchFactory()
    zone = areas.create(name="Mirpur", branch=branch, act=Act(None, at))
    inner = areas.create(name="Mirpur-10", branch=branch, parent=zone, act=Act(None, at))
    near = areas.create(name="Mirpur-1", branch=branch, act=Act(None, at))
    in_zone, in_inner = CustomerFactory(area=zone), CustomerFactory(area=inner)
    CustomerFactory(area=near)

    assert left(Filters(area=zone.pk)) == {in_zone, in_inner}
    assert left(Filters(area=inner.pk)) == {in_inner}
    assert left(Filters(area=999_999)) == set()


def test_plain_filters_leave_what_they_say():
    hit = CustomerFactory(
        churn_risk="HIGH",
        tags=["vip"],
        reseller_id=None,
        collector=UserFactory(),
        customer_since=date(2025, 6, 1),
        is_duplicate_suspect=True,
        phone="",
    )
    CustomerFactory(customer_since=date(2024, 6, 1))

    for filters in (
        Filters(churn=("HIGH",)),
        Filters(tag="VIP"),
        Filters(collector=hit.collector_id),
        Filters(branch=hit.branch_id),
        Filters(joined_from=date(2025, 6, 1)),
        Filters(joined_from=date(2025, 6, 1), joined_to=date(2025, 6, 1)),
        Filters(is_suspect=True),
        Filters(has_no_phone=True),
    ):
        assert left(filters) == {hit}, filters


def test_service_filters_look_at_services_in_use():
    package = PackageFactory()
    hit = SubscriptionFactory(package=package, technology="WIRELESS", billing_day=25).customer
    gone = SubscriptionFactory(
        package=package, technology="WIRELESS", billing_day=25, status="CANCELLED", cancelled_on=ON
    ).customer
    other = SubscriptionFactory(billing_day=5).customer

    for filters in (
        Filters(package=package.pk),
        Filters(technology="WIRELESS"),
        Filters(billing_day=25),
        Filters(package=package.pk, technology="WIRELESS", billing_day=25),
    ):
        assert left(filters) == {hit}, filters
    assert {gone, other} == left(Filters()) - {hit}


def test_two_services_do_not_together_make_one_that_matches():
    customer = SubscriptionFactory(technology="WIRELESS", billing_day=5).customer
    SubscriptionFactory(customer=customer, line_no=2, technology="FIBER", billing_day=25)

    assert left(Filters(technology="WIRELESS", billing_day=25)) == set()


@pytest.mark.parametrize(
    ("days", "due", "is_left"),
    [
        (0, date(2026, 1, 9), True),
        (0, date(2026, 1, 10), False),
        (0, None, False),
        (7, date(2026, 1, 2), True),
        (7, date(2026, 1, 3), False),
    ],
)
def test_overdue_counts_from_the_day_after_the_due_date(days, due, is_left):
    customer = stand(CustomerFactory(), oldest_due_date=due)

    assert left(Filters(overdue_days=days)) == ({customer} if is_left else set())


def test_a_balance_range_includes_its_ends():
    low, high = CustomerFactory(), CustomerFactory()
    stand(low, balance_amount=Decimal("-5.00"))
    stand(high, balance_amount=Decimal("100.00"))

    assert left(Filters(balance_from=Decimal("100"))) == {high}
    assert left(Filters(balance_to=Decimal("-5"))) == {low}
    assert left(Filters(balance_from=Decimal("-4"), balance_to=Decimal("99"))) == set()


def test_filters_survive_the_way_to_a_job():
    filters = Filters(
        q="x",
        status=("ACTIVE",),
        balance_from=Decimal("1.50"),
        joined_to=date(2026, 1, 1),
        overdue_days=7,
        is_suspect=True,
    )

    assert directory.thawed(directory.frozen(filters)) == filters


@pytest.mark.parametrize("most", [1, 10])
def test_services_and_debts_together_leave_only_those_with_both(monkeypatch, most):
    monkeypatch.setattr(counting, "MANY", most)  # below and above the number of matches
    package = PackageFactory()
    both, owes_only, package_only = CustomerFactory.create_batch(3)
    for customer in (both, package_only):
        SubscriptionFactory(customer=customer, package=package)
    for customer in (both, owes_only):
        stand(customer, oldest_due_date=date(2026, 1, 1))
    archived = stand(CustomerFactory(archived_at=NOW), oldest_due_date=date(2026, 1, 1))
    SubscriptionFactory(customer=archived, package=package)

    assert left(Filters(package=package.pk, overdue_days=3)) == {both}
    assert left(Filters(package=package.pk)) == {both, package_only}


def test_the_number_of_all_is_kept_for_a_moment_when_they_are_many(monkeypatch):
    CustomerFactory.create_batch(2)
    keep = {"on": ON, "reach": "all"}
    exact = directory.find(Customer.objects.all(), Filters(), **keep).count.number
    monkeypatch.setattr(counting, "FEW", 1)
    directory.find(Customer.objects.all(), Filters(), **keep)
    CustomerFactory()

    kept = directory.find(Customer.objects.all(), Filters(), **keep).count.number
    nobody = Customer.objects.filter(branch_id=0)
    other = directory.find(nobody, Filters(), on=ON, reach="branch-0").count.number
    fresh = directory.find(Customer.objects.all(), Filters(), on=ON).count.number

    assert (exact, kept, other, fresh) == (2, 2, 0, 3)


def test_many_are_not_counted_one_by_one(monkeypatch):
    monkeypatch.setattr(counting, "FEW", 2)
    for index in range(5):
        CustomerFactory(name=f"Rahim {index}", status="ACTIVE")

    CustomerFactory(name="Amina")

    few = directory.find(Customer.objects.all(), Filters(q="amina"), on=ON)
    many = directory.find(Customer.objects.all(), Filters(q="rahim"), on=ON)
    filtered = directory.find(Customer.objects.all(), Filters(status=("ACTIVE",)), on=ON)

    assert (few.count.number, few.count.is_exact, few.is_cut) == (1, True, False)
    assert (many.count.number, many.count.is_exact, many.is_cut) == (2, False, True)
    assert (filtered.count.number, filtered.customers.count()) == (5, 5)
    everybody = directory.everybody(Customer.objects.all(), Filters(q="rahim"), on=ON)
    assert everybody.count() == 5


def walk(sort, size=25):
    seen, after, guard = [], "", 0
    while guard < 20:
        page = listing.page(
            Customer.objects.all(), window=listing.Window(sort=sort, size=size, after=after)
        )
        seen.append([row["name"] for row in page.rows])
        after, guard = page.after, guard + 1
        if not after:
            return seen
    raise AssertionError("the pages never end")


@pytest.mark.parametrize("sort", ["name", "-name", "number", "-number", "balance", "-balance"])
def test_pages_by_key_show_everybody_once_in_order(sort):
    for index in range(7):
        stand(CustomerFactory(name=f"C{index % 3}"), balance_amount=Decimal(index % 2))

    pages = walk(sort, size=2)

    names = [name for page in pages for name in page]
    assert len(names) == 7
    if sort.endswith("name"):
        assert names == sorted(names, reverse=sort.startswith("-"))


def test_sorting_by_due_date_leaves_out_who_owes_nothing():
    late = stand(CustomerFactory(name="Late"), oldest_due_date=date(2025, 12, 1))
    later = stand(CustomerFactory(name="Later"), oldest_due_date=date(2026, 1, 1))
    CustomerFactory(name="Settled")

    rows = listing.page(Customer.objects.all(), window=listing.Window(sort="overdue")).rows

    assert [row["pk"] for row in rows] == [late.pk, later.pk]


def test_a_cursor_of_another_sort_leads_to_the_first_page():
    CustomerFactory(name="Amina")
    by_name = listing.page(Customer.objects.all(), window=listing.Window(sort="name", size=1))

    for cursor in ("", "x", by_name.after, "W10", "WyJhIl0", "WyJOYU4iLCAxXQ"):
        assert (
            len(
                listing.page(
                    Customer.objects.all(), window=listing.Window(sort="balance", after=cursor)
                ).rows
            )
            == 1
        )
