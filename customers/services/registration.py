"""A new account."""

from datetime import date

from django.db import IntegrityError, transaction

from customers.models import Customer
from customers.queries import duplicates
from customers.services import profile, referrals, subscriptions
from customers.services.profile import Details
from customers.services.subscriptions import FirstService
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.services import numbering


def register(
    *,
    details: Details,
    act: Act,
    first_service: FirstService | None = None,
    shared_phone_reason: str = "",
    customer_since: date | None = None,
) -> Customer:
    """Open an account and return it, numbered `CT-<year of on>-…`; `on` is the company's date.

    With `first_service` the account begins with a pending service, or not at all.
    Raises PhoneRefused, PhoneTaken (unless a reason for sharing the number is given),
    ReasonMissing, and what `subscriptions.add` refuses. The portal login is made by
    `portal_access.open_portal_access`.
    """
    values = profile.column_values(details)
    try:
        with transaction.atomic():
            trail.begin(act=act.because(shared_phone_reason))
            shared = profile.phone_may_be_shared(values["phone"], reason=shared_phone_reason)
            customer = Customer(
                **values,
                allows_shared_phone=shared,
                customer_since=customer_since or act.on,
                created_at=act.at,
            )
            profile.seal_national_id(customer, details.national_id)
            customer.is_duplicate_suspect = duplicates.looks_like_another(customer)
            counter = numbering.take(series="CT", year=act.on.year)
            customer.number = numbering.written(series="CT", year=act.on.year, number=counter)
            customer.save(force_insert=True)
            events.record(
                act=act.because(shared_phone_reason),
                action="customer.registered",
                target=customer,
                customer_id=customer.pk,
                after={key: value for key, value in profile.snapshot(customer).items() if value},
            )
            referrals.follow(customer=customer, act=act)
            if first_service is not None:
                _begin_with(first_service, customer=customer, act=act)
    except IntegrityError as error:
        profile.raise_if_phone_taken(error, values["phone"])
        raise
    return customer


def _begin_with(first_service: FirstService, *, customer: Customer, act: Act) -> None:
    subscriptions.add(
        customer=customer,
        package=first_service.package,
        cycle=first_service.cycle,
        billing_day=first_service.billing_day,
        line=first_service.line,
        priced_on=first_service.priced_on,
        act=act,
    )
