"""Record and withdraw tax certificates; exemption follows them, by day.

Who has a certificate is exempt exactly while one holds: set when it is recorded or withdrawn and
every night before the bills are written. Billing reads the customer's column and stays set-based.
"""

import hashlib
from datetime import date, datetime
from pathlib import PurePath

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Customer, TaxCertificate
from customers.queries import tax_certificates as queries
from customers.services import account_states
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import uploads
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

MOST_BYTES = 5 * 1024 * 1024


class CertificateRefused(DomainError):
    """The days are in the wrong order, or the same certificate is there already."""


class AlreadyWithdrawn(DomainError):
    """The certificate has been withdrawn before."""


def record(
    *,
    customer: Customer,
    number: str,
    valid_from: date,
    valid_until: date,
    file_name: str,
    content: bytes,
    act: Act[User],
) -> TaxCertificate:
    """Keep a certificate; a customer with one that holds on company date `on` is exempt at once.

    What is kept is the file as `uploads.paper` gives it. Raises FileRefused, CertificateRefused.
    """
    paper = uploads.paper(content, most_bytes=MOST_BYTES)
    if valid_until < valid_from:
        raise CertificateRefused(_("The last day comes before the first."))
    try:
        with transaction.atomic():
            trail.begin(act=act.because(f"tax certificate {number.strip()} recorded"))
            account_states.lock([customer.pk])
            customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
            made = TaxCertificate.objects.create(
                customer=customer,
                number=number.strip(),
                valid_from=valid_from,
                valid_until=valid_until,
                file_name=PurePath(file_name).name[-120:],
                file_type=TaxCertificate.FileType(paper.kind.value),
                file=paper.content,
                sha256=hashlib.sha256(paper.content).hexdigest(),
                recorded_by=act.actor,
                recorded_at=act.at,
            )
            _note(made, "recorded", act=act)
            _follow(customer, act=act)
            return made
    except IntegrityError as error:
        if "tax_certificate_once" in str(error):
            raise CertificateRefused(_("This certificate is recorded already.")) from error
        raise


@transaction.atomic
def withdraw(*, certificate: TaxCertificate, act: Act[User]) -> TaxCertificate:
    """Let a certificate count no more. Raises AlreadyWithdrawn, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    account_states.lock([certificate.customer_id])
    customer = Customer.objects.select_for_update(no_key=True).get(pk=certificate.customer_id)
    changed = TaxCertificate.objects.filter(pk=certificate.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=act.at, withdrawn_reason=act.reason[:500]
    )
    if not changed:
        raise AlreadyWithdrawn(_("This certificate has been withdrawn already."))
    _note(certificate, "withdrawn", act=act)
    _follow(customer, act=act.because(""))
    return certificate


def follow_all(*, on: date, at: datetime) -> int:
    """Make exemption what the certificates say of a company date; return how many changed.

    One transaction for each customer; running it again finds nothing.
    """
    changed = 0
    for pk in list(queries.misfits(on=on).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            trail.begin(act=Act(None, at, reason="a tax certificate begins or ends"))
            account_states.lock([pk])
            customer = Customer.objects.select_for_update(no_key=True).get(pk=pk)
            changed += _follow(customer, act=Act(None, at, on=on))
    return changed


def _follow(customer: Customer, *, act: Act) -> bool:
    holds = queries.valid(on=act.on).filter(customer=customer).exists()
    if customer.is_tax_exempt == holds:
        return False
    Customer.objects.filter(pk=customer.pk).update(is_tax_exempt=holds)
    events.record(
        act=act,
        action="customer.tax_exempt" if holds else "customer.taxed",
        target=customer,
        label=customer.number,
        customer_id=customer.pk,
        before={"is_tax_exempt": not holds},
        after={"is_tax_exempt": holds},
    )
    return True


def _note(row: TaxCertificate, what: str, *, act: Act) -> None:
    events.record(
        act=act,
        action=f"tax_certificate.{what}",
        target=row,
        branch_id=row.customer.branch_id,
        after={"from": row.valid_from, "until": row.valid_until, "sha256": row.sha256},
    )
