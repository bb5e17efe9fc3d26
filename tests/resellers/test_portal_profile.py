"""A reseller's profile with its users, and its reports."""

from datetime import UTC, date, datetime
from decimal import Decimal as D

import pytest
from django.test import Client
from django.urls import reverse

from billing.ledger.models import JournalEntry
from customers.models import Customer
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from resellers.models import ResellerUser
from resellers.queries import own_report
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)


@pytest.fixture
def reseller(client):
    clock.set_simulated(AT)
    made = ResellerFactory(payout_account="0123456789", commission_rate=D("0.10"))
    client.force_login(made.user)
    return made


def colleague(reseller, rights="CASHIER"):
    user = UserFactory(role="RESELLER", name="Ruma")
    return ResellerUser.objects.create(reseller=reseller, user=user, rights=rights)


def test_the_profile_shows_the_terms_and_hides_the_account(client, reseller):
    page = client.get(reverse("reseller:profile")).content.decode()

    assert "•••• 6789" in page
    assert "0123456789" not in page
    assert reseller.number in page


def test_a_partner_adds_a_user_and_changes_what_they_may(client, reseller):
    client.post(
        reverse("reseller:add-user"), {"name": "Ruma", "email": "r@n.test", "rights": "CASHIER"}
    )
    person = ResellerUser.objects.get()
    address = reverse("reseller:user", args=[person.pk])
    theirs = Client()
    theirs.force_login(person.user)
    assert theirs.get(reverse("reseller:dashboard")).status_code == 200

    client.post(address, {"rights": "VIEWER", "is_active": "on"})
    person.refresh_from_db()
    assert (person.rights, person.user.is_active) == ("VIEWER", True)
    assert theirs.get(reverse("reseller:collect")).status_code == 403

    client.post(address, {"rights": "VIEWER"})
    person.user.refresh_from_db()
    assert not person.user.is_active
    assert theirs.get(reverse("reseller:dashboard")).status_code == 302
    assert "shut out" in client.get(reverse("reseller:profile")).content.decode()
    assert AuditEvent.objects.filter(action="reseller.user_changed").count() == 2


def test_only_a_partner_changes_users_never_oneself_and_never_anothers(client, reseller):
    own = colleague(reseller, "PARTNER")
    other = colleague(ResellerFactory())
    assert client.get(reverse("reseller:user", args=[other.pk])).status_code == 404
    theirs = Client()
    theirs.force_login(own.user)
    refused = theirs.post(reverse("reseller:user", args=[own.pk]), {"rights": "VIEWER"})
    assert refused.status_code == 422
    assert "Somebody else has to change" in refused.content.decode()
    cashier = colleague(reseller)
    theirs.force_login(cashier.user)
    assert theirs.get(reverse("reseller:user", args=[own.pk])).status_code == 403
    assert theirs.get(reverse("reseller:add-user")).status_code == 403


def test_months_and_ages_are_those_of_own_customers(client, reseller):
    mine = CustomerFactory(reseller_id=reseller.pk)
    Customer.objects.filter(pk=mine.pk).update(created_at=datetime(2026, 2, 1, 3, 0, tzinfo=UTC))
    open_invoice(mine, "1150.00")
    paid(mine, "500.00", at=datetime(2026, 2, 28, 20, 0, tzinfo=UTC))  # 1 March in Dhaka
    open_invoice(CustomerFactory(), "999.00")
    invoice = mine.invoices.get()

    rows = own_report.months(reseller, [mine.pk], on=date(2026, 3, 10))
    march, february = rows[0], rows[1]

    assert [one.first for one in rows][-1] == date(2025, 10, 1)
    assert (march.collected, march.earned) == (D("500.00"), D("50.00"))
    assert (february.joined, march.joined, february.collected) == (1, 0, D("0.00"))
    assert sum(one.billed for one in rows) == D("1150.00")
    ages = own_report.ages([mine.pk], on=date(2026, 3, 10))
    assert sum(one.amount for one in ages) == invoice.amount_due
    assert sum(one.bills for one in ages) == 1
    late = (date(2026, 3, 10) - invoice.due_date).days
    found = next(one for one in ages if one.bills)
    assert (found.first or -9999) <= late <= (found.last or 9999)
    assert JournalEntry.objects.exists()


@pytest.mark.parametrize(
    ("days", "place"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)]
)
def test_a_bill_is_in_one_age_to_the_day(reseller, days, place):
    mine = CustomerFactory(reseller_id=reseller.pk)
    open_invoice(mine, "100.00")
    due = mine.invoices.get().due_date

    ages = own_report.ages([mine.pk], on=due + (date(2026, 1, 2) - date(2026, 1, 1)) * days)

    assert [one.bills for one in ages] == [int(at == place) for at in range(5)]


def test_the_page_and_the_file_say_the_same(client, reseller):
    mine = CustomerFactory(reseller_id=reseller.pk)
    open_invoice(mine, "1150.00")
    page = client.get(reverse("reseller:reports")).content.decode()
    told = client.get(reverse("reseller:reports"), {"as": "csv"})
    assert "Mar 2026" in page
    assert "2026-03" in told.content.decode()
    assert told.headers["Content-Type"].startswith("text/csv")
