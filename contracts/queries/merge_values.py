"""What the merge fields of an agreement are for one customer and service. Reads only."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.invoices.queries import invoice_paper, partner_brand
from billing.pricing.queries import tariffs
from contracts.models import AgreementVersion
from contracts.rules import merging, terms
from contracts.rules.merging import Merged
from customers.models import Customer, Subscription
from customers.services.profile import national_id_context
from ispbill.core import crypto, formats, phones
from ispbill.core.amount_words import amount_in_words
from ispbill.core.models import Company
from ispbill.core.money import Taxed

PREVIEW = "CON-…"


@dataclass(frozen=True)
class Subject:
    """What a paper is written about: terms, customer, service, first day, number."""

    version: AgreementVersion
    customer: Customer
    service: Subscription
    starts_on: date
    on: date
    number: str = PREVIEW
    verify_code: str = ""
    ends_on: date | None = None
    """The first free day where it is not the version's term from `starts_on` on."""
    minimum_until: date | None = None
    """As `ends_on`, which goes with it."""

    @property
    def language(self) -> str:
        """The language the text is written in: what is filled in is written in it too."""
        return self.version.agreement.language


def merged(subject: Subject) -> Merged:
    """Fill the agreement's text for one customer, in the language of the text."""
    with translation.override(subject.language):
        address = settings.PUBLIC_URL + reverse(
            "public_contracts:contract", args=[subject.verify_code or "0" * 16]
        )
        markup = {
            "signature.block": _block(subject),
            "verify.qr": f'<img src="{invoice_paper.qr_image(address)}" alt="QR" width="90">',
        }
        return merging.merge(
            subject.version.body, {**values(subject), "verify.url": address}, markup
        )


def values(subject: Subject) -> dict[str, str]:
    """Return the plain fields by name; "" where nothing is known."""
    return {
        **_customer(subject.customer),
        **_company(),
        **_service(subject),
        **_contract(subject),
        **_reseller(subject),
    }


def _customer(customer: Customer) -> dict[str, str]:
    last = ""
    if customer.sealed_national_id:
        plain = crypto.unseal(customer.sealed_national_id, context=national_id_context(customer))
        last = plain[-4:]
    return {
        "customer.name": customer.name,
        "customer.local_name": customer.local_name,
        "customer.number": customer.number,
        "customer.kind": customer.get_kind_display(),
        "customer.phone": phones.national(customer.phone),
        "customer.email": customer.email,
        "customer.address": customer.address,
        "customer.id_last4": last,
    }


def _company() -> dict[str, str]:
    company = Company.current()
    return {
        "company.name": company.legal_name or company.name,
        "company.address": company.address,
        "company.phone": company.phone,
        "company.tax_number": company.tax_number,
        "company.registration": company.registration_number,
    }


def _service(subject: Subject) -> dict[str, str]:
    service = subject.service
    rate = tariffs.tax_rate(service.package.tax_class_id, subject.on)
    if subject.customer.is_tax_exempt:
        rate = Decimal(0)
    price = (
        Taxed.from_gross(service.gross_amount, rate)
        if service.gross_amount is not None
        else Taxed.from_net(service.price_amount, rate)
    )
    company, language = Company.current(), subject.language
    cap = service.data_cap_gb
    return {
        "service.number": f"{subject.customer.number}-{service.line_no}",
        "service.address": service.address or subject.customer.address,
        "package.name": service.package.name,
        "package.down": str(service.download_mbps),
        "package.up": str(service.upload_mbps),
        "package.cap": _("%(size)d GB") % {"size": cap} if cap else _("no limit"),
        "price.net": formats.money(price.net),
        "price.tax": formats.money(price.tax),
        "price.gross": formats.money(price.gross),
        "price.words": amount_in_words(price.gross, company.currency, language),
        "fee.installation": formats.money(service.installation_fee),
        "fee.router": formats.money(service.router_fee),
        "billing.day": str(service.billing_day),
        "billing.cycle": service.get_cycle_display(),
        "equipment": " ".join(one for one in (service.cpe_make, service.cpe_serial) if one),
    }


def _reseller(subject: Subject) -> dict[str, str]:
    """Name the partner who has the customer; nothing for one of the house."""
    found = partner_brand.holder(subject.customer.pk, subject.on)
    return {
        "reseller.name": found.name if found else "",
        "reseller.phone": found.phone if found else "",
    }


def _contract(subject: Subject) -> dict[str, str]:
    version, start = subject.version, subject.starts_on
    whole = terms.after_months(start, version.term_months)
    minimum = terms.after_months(start, version.minimum_months) if version.minimum_months else None
    ends_on = subject.ends_on or whole
    if subject.ends_on is not None:
        minimum = subject.minimum_until
    day = subject.language
    return {
        "contract.number": subject.number,
        "contract.date": formats.day(subject.on, day),
        "contract.starts_on": formats.day(start, day),
        "contract.last_day": formats.day(ends_on - timedelta(days=1), day),
        "contract.minimum_until": formats.day(minimum, day) if minimum else _("none"),
        "contract.term": _months(version.term_months)
        if ends_on == whole
        else _days((ends_on - start).days),
        "contract.notice": notice_words(version),
        "contract.renewal": version.get_renewal_display(),
        "contract.exit_fee": fee_words(version),
        "contract.price_lock": version.get_price_lock_display(),
        "contract.cooling_off": _days(version.cooling_off_days),
    }


def notice_words(version: AgreementVersion) -> str:
    """Say how long before leaving one has to say so."""
    count = version.notice_count
    if version.notice_unit == AgreementVersion.NoticeUnit.MONTHS:
        return _months(count)
    if version.notice_unit == AgreementVersion.NoticeUnit.BUSINESS_DAYS:
        return ngettext("%(n)d business day", "%(n)d business days", count) % {"n": count}
    return _days(count)


def fee_words(version: AgreementVersion) -> str:
    """Say what leaving before the minimum costs."""
    kinds = AgreementVersion.Fee
    if version.fee == kinds.NONE or not version.minimum_months:
        return _("No fee")
    amount = formats.money(version.fee_amount)
    said = {
        kinds.FIXED: _("%(amount)s without tax") % {"amount": amount},
        kinds.REMAINING: _("%(percent)s%% of what is left of the minimum term")
        % {"percent": f"{version.fee_rate * 100:.2f}".rstrip("0").rstrip(".")},
        kinds.DECLINING: _("%(amount)s without tax, less for every day served")
        % {"amount": amount},
    }[kinds(version.fee)]
    if version.cap_months is not None:
        said += ", " + _("at most the price of %(months)s") % {
            "months": _months(version.cap_months)
        }
    return said


def _months(count: int) -> str:
    return ngettext("%(n)d month", "%(n)d months", count) % {"n": count}


def _days(count: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


def _block(subject: Subject) -> str:
    ours, day = _("For the company"), formats.day(subject.on, subject.language)
    theirs = _("The customer signs on the evidence page that follows.")
    return (
        '<table class="signature-block"><tbody><tr>'
        f"<td><p>{ours}</p><p>{day}</p></td><td><p>{theirs}</p></td>"
        "</tr></tbody></table>"
    )
