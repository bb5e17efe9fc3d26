"""A corpus of spellings: what staff type, whom they mean."""

from datetime import date

import pytest

from customers.models import Customer
from customers.queries import directory, listing
from customers.queries.directory import Filters
from customers.services import profile
from ispbill.core.acts import Act
from tests.customers.details import details
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 10)


@pytest.fixture
def people():
    """Six people of Dhaka, as in the fixture of the browser journeys."""
    rows = [
        ("CT-2026-00001", "Amina Begum", "আমিনা বেগম", "+8801711000001", "House 12, Road 3, Mirpur"),
        ("CT-2026-00002", "Babul Hossain", "", "+8801711000002", "House 9, Mirpur-10"),
        ("CT-2025-00012", "Chitra Roy", "চিত্রা রায়", "+8801711000003", "Flat 4, Uttara-4"),
        ("CT-2026-00120", "Dulal Mia", "", "+8801911222333", "Uttara-4"),
        ("CT-2026-01200", "Mohammad Chowdhury", "", "+8801811000005", "Agrabad"),
        ("CT-2026-12000", "Faruk Ahmed", "", "+27821234567", "100% Road_1, Khulshi"),
    ]
    for number, name, local_name, phone, address in rows:
        CustomerFactory(
            number=number,
            name=name,
            local_name=local_name,
            phone=phone,
            address=address,
            email=f"{name.split()[0].lower()}@example.com",
        )
    dulal = Customer.objects.get(name="Dulal Mia")
    dulal.keywords = "dulal-pppoe"
    dulal.save(update_fields=["keywords"])
    SubscriptionFactory(customer=dulal, connection_id="dulal-pppoe")


def found(text):
    listed = listing.listed(Customer.objects.all(), Filters(q=text), on=ON)
    return [row["name"].split()[0] for row in listed.page.rows]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # account numbers
        ("CT-2026-00001", ["Amina"]),
        ("ct-2026-00001", ["Amina"]),
        ("CT 2026 1", ["Amina"]),
        ("CT-12", ["Chitra"]),
        ("ct12", ["Chitra"]),
        ("12", ["Chitra"]),
        ("#12", ["Chitra"]),
        ("১২", ["Chitra"]),
        # phones
        ("01711000001", ["Amina"]),
        ("01711-000001", ["Amina"]),
        ("+880 1711 000 001", ["Amina"]),
        ("8801711000001", ["Amina"]),
        ("008801711000001", ["Amina"]),
        ("০১৭১১০০০০০১", ["Amina"]),
        ("01711", ["Amina", "Babul", "Chitra"]),
        ("2333", ["Dulal"]),
        ("22333", ["Dulal"]),
        ("+27 82 123 4567", ["Faruk"]),
        # names, local names, addresses, e-mail, lines
        ("amina", ["Amina"]),
        ("BEGUM amina", ["Amina"]),
        ("আমিনা", ["Amina"]),
        ("রায়", ["Chitra"]),
        ("uttara", ["Chitra", "Dulal"]),
        ("amina mirpur", ["Amina"]),
        ("house 12 road 3", ["Amina"]),
        ("babul@example.com", ["Babul"]),
        ("dulal-pppoe", ["Dulal"]),
        ("DULAL-PPPOE", ["Dulal"]),
        # typing errors
        ("amnia", ["Amina"]),
        ("aminaa begam", ["Amina"]),
        ("mohamad choudhury", ["Mohammad"]),
        ("hosain", ["Babul"]),
        ("agrabd", ["Mohammad"]),
        # what is a pattern to the database is a letter to people
        ("100%", ["Faruk"]),
        ("road_1", ["Faruk"]),
        ("%", []),
        ("100%%", []),
        ("a%b", []),
        # nobody
        ("zzqqxx", []),
        ("CT-2024-00012", []),
        ("01999999999", []),
        ("amina uttara", []),
    ],
)
def test_who_is_meant(people, text, names):
    assert sorted(found(text)) == names


def test_the_account_named_outright_comes_first_and_once(people):
    CustomerFactory(name="Aaa Twelve", address="House 1200", number="CT-2026-09999")
    SubscriptionFactory(customer=CustomerFactory(name="Zed Line"), connection_id="1200")

    names = found("1200")

    assert names[:2] == ["Mohammad", "Zed"]
    assert sorted(names) == ["Aaa", "Faruk", "Mohammad", "Zed"]


def test_a_search_stays_within_the_filters(people):
    filters = Filters(q="uttara", status=("SUSPENDED",))

    assert directory.find(Customer.objects.all(), filters, on=ON).count.number == 0
    exact = Filters(q="CT-12", status=("SUSPENDED",))
    assert directory.find(Customer.objects.all(), exact, on=ON).count.number == 0


def test_the_spelling_looked_for_is_told(people):
    assert directory.find(Customer.objects.all(), Filters(q="amnia"), on=ON).corrected == "amina"
    assert directory.find(Customer.objects.all(), Filters(q="amina"), on=ON).corrected == ""


def test_a_new_name_is_known_to_the_speller_after_an_edit(people, at):
    customer = Customer.objects.get(name="Dulal Mia")

    profile.edit(
        customer=customer,
        details=details(name="Shahjahan Mia", phone=customer.phone, area=customer.area),
        act=Act(None, at),
    )

    assert found("shajahan") == ["Shahjahan"]
