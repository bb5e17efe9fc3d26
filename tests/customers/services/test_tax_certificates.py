"""Who has a tax certificate is exempt exactly while one holds; the paper is kept as it came."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError
from django.urls import reverse

from billing.invoices.models import Invoice
from billing.run.services import cycle
from customers.models import Customer, TaxCertificate
from customers.queries import tax_certificates as queries
from customers.services import tax_certificates
from customers.services.tax_certificates import AlreadyWithdrawn, CertificateRefused
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.uploads import FileRefused
from ispbill.reports.queries import findings, leaks
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory, TaxCertificateFactory
from tests.factories.papers import pdf

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
ON = date(2026, 1, 10)
FIRST, LAST = date(2026, 1, 1), date(2026, 1, 31)
PDF = pdf()


@pytest.fixture
def customer():
    return CustomerFactory()


def record(customer, **values):
    given = {
        "number": "NBR/1",
        "valid_from": FIRST,
        "valid_until": LAST,
        "file_name": "a/b.pdf",
        "content": PDF,
        "on": ON,
        "at": AT,
        "actor": UserFactory(),
    } | values
    return tax_certificates.record(customer=customer, **acting(given))


def is_exempt(customer):
    return Customer.objects.get(pk=customer.pk).is_tax_exempt


def follow(on):
    return tax_certificates.follow_all(on=on, at=AT)


def test_a_certificate_that_holds_exempts_at_once_and_the_paper_is_kept(customer):
    made = record(customer)

    assert is_exempt(customer)
    assert (bytes(made.file), made.file_name, made.file_type) == (PDF, "b.pdf", "application/pdf")
    assert list(
        AuditEvent.objects.filter(customer_id=customer.pk)
        .order_by("pk")
        .values_list("action", flat=True)
    ) == ["tax_certificate.recorded", "customer.tax_exempt"]


@pytest.mark.parametrize(
    ("on", "exempt"),
    [(date(2025, 12, 31), False), (FIRST, True), (LAST, True), (date(2026, 2, 1), False)],
)
def test_it_counts_from_its_first_to_its_last_day(customer, on, exempt):
    TaxCertificateFactory(customer=customer, valid_from=FIRST, valid_until=LAST)

    follow(on)

    assert is_exempt(customer) is exempt
    assert follow(on) == 0


def test_bills_carry_no_tax_while_it_holds_and_tax_afterwards(customer):
    subscription = SubscriptionFactory(customer=customer)
    scheduled(subscription, billed_until=date(2026, 1, 15))
    record(customer)
    cycle.run(on=ON, act=Act(None, AT))
    follow(date(2026, 2, 8))
    cycle.run(on=date(2026, 2, 8), act=Act(None, datetime(2026, 2, 8, 4, 0, tzinfo=UTC)))

    taxes = Invoice.objects.order_by("pk").values_list("tax_amount", flat=True)
    assert [bool(tax) for tax in taxes] == [False, True]


def test_one_that_follows_keeps_the_exemption(customer):
    TaxCertificateFactory(customer=customer, valid_from=FIRST, valid_until=LAST)
    TaxCertificateFactory(
        customer=customer, valid_from=date(2026, 2, 1), valid_until=date(2026, 2, 28)
    )
    follow(LAST)

    assert follow(date(2026, 2, 1)) == 0
    assert list(queries.ending(on=LAST)) == []


def test_who_is_exempt_by_hand_is_left_alone_and_shown_as_a_revenue_leak():
    CustomerFactory(is_tax_exempt=True)
    held = CustomerFactory()
    record(held)

    assert follow(ON) == 0
    rows = findings.rows(leaks.CHECKS["exempt_without_certificate"], on=ON, at=AT)
    assert [row.what for row in rows] == ["no certificate"]


def test_withdrawn_it_counts_no_more(customer):
    made = record(customer)
    clerk = UserFactory()
    tax_certificates.withdraw(
        certificate=made, act=Act(clerk, AT, on=ON, reason="it was a forgery")
    )

    assert not is_exempt(customer)
    with pytest.raises(AlreadyWithdrawn):
        tax_certificates.withdraw(
            certificate=made, act=Act(clerk, AT, on=ON, reason="it was a forgery")
        )


@pytest.mark.parametrize("content", [b"", b"MZ program", b"%PDF-" + b"x" * (5 * 1024 * 1024)])
def test_files_that_are_no_papers_are_refused(customer, content):
    with pytest.raises(FileRefused):
        record(customer, content=content)


def test_days_in_the_wrong_order_and_the_same_paper_twice_are_refused(customer):
    record(customer)
    for values in ({"number": "NBR/2", "valid_until": date(2025, 1, 1)}, {}):
        with pytest.raises(CertificateRefused):
            record(customer, **values)


def test_the_database_keeps_it_as_it_came(customer):
    made = record(customer)

    with pytest.raises(DatabaseError, match="never changed or removed"):
        TaxCertificate.objects.filter(pk=made.pk).update(valid_until=date(2030, 1, 1))
    with pytest.raises(DatabaseError, match="never changed or removed"):
        TaxCertificate.objects.filter(pk=made.pk).delete()


def test_those_that_end_within_a_month_are_warned_of(customer):
    soon = record(customer)
    record(CustomerFactory(), valid_until=date(2026, 6, 30))

    assert list(queries.ending(on=ON)) == [soon]
    assert list(queries.ending(on=date(2025, 12, 20))) == []


def test_the_page_takes_the_paper_in_and_hands_it_out(client, monkeypatch, customer):
    from django.core.files.uploadedfile import SimpleUploadedFile

    monkeypatch.setattr(clock, "now", lambda: AT)
    client.force_login(UserFactory())
    url = reverse("staff_customers:tax-certificates", args=[customer.number])
    given = {"number": "NBR/9", "valid_from": "2026-01-01", "valid_until": "2026-01-31"}

    wrong = client.post(url, {**given, "file": SimpleUploadedFile("x.pdf", b"no paper")})
    done = client.post(url, {**given, "file": SimpleUploadedFile("x.pdf", PDF)})
    made = TaxCertificate.objects.get()
    file = client.get(reverse("staff_customers:tax-certificate-file", args=[made.pk]))
    page = client.get(url).content.decode()

    assert (wrong.status_code, done.status_code) == (422, 302)
    assert (file.content, file["Content-Type"]) == (PDF, "application/pdf")
    assert file["Content-Disposition"].startswith("attachment")
    assert "NBR/9" in page
    assert "NBR/9" in client.get(reverse("staff_customers:taxes")).content.decode()
    client.post(
        reverse("staff_customers:withdraw-tax-certificate", args=[made.pk]),
        {"reason": "it was a forgery"},
    )
    assert not is_exempt(customer)


def test_who_may_not_change_taxes_only_looks(client, customer):
    client.force_login(UserFactory(role=User.Role.SUPPORT, branch=customer.branch))
    url = reverse("staff_customers:tax-certificates", args=[customer.number])

    assert "Record a certificate" not in client.get(url).content.decode()
    assert client.post(url, {}).status_code == 403
