"""A customer's way into the portal: a login by phone number, which may open several accounts."""

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, CustomerLogin
from ispbill.accounts.models import User
from ispbill.accounts.services import passwords
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class LoginTaken(DomainError):
    """The phone number signs somebody else in (staff, reseller or technician)."""


@transaction.atomic
def open_portal_access(*, customer: Customer, act: Act, password: str | None = None) -> User:
    """Let the customer's phone sign in to the portal and open this account; return the login.

    A phone that signs a customer in already gets this account added, its password unchanged
    unless a new one is given. Without a password only one-time codes sign in.
    Raises LoginTaken, PasswordRefused, and DomainError for an archived account.
    """
    trail.begin(act=act.because(""))
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    if customer.is_archived:
        raise DomainError(_("An archived account cannot sign in."))
    user = _login_of(customer.phone)
    if password is not None:
        passwords.check(user=user or _owner(customer), password=password)
    if user is None:
        user = User.objects.create_user(
            customer.phone,
            password,
            name=customer.name,
            role=User.Role.CUSTOMER,
            phone=customer.phone,
            email=customer.email,
            language=customer.language,
        )
    elif password is not None:
        user.set_password(password)
        user.save(update_fields=["password"])
    _link, is_new = CustomerLogin.objects.get_or_create(user=user, customer=customer)
    if is_new:
        _record(customer, "portal_access.opened", act=act)
    return user


def follow_phone(*, customer: Customer, old_phone: str, act: Act) -> None:
    """Move portal access along when the customer's phone changed (called inside its edit).

    A login for this account alone gets the new number; a shared one keeps the other accounts.
    Raises LoginTaken when the new number signs in somebody who is no customer.
    """
    if customer.phone == old_phone:
        return
    link = (
        CustomerLogin.objects.select_related("user")
        .filter(customer=customer, user__login=old_phone)
        .first()
    )
    if link is None:
        return
    existing = _login_of(customer.phone)
    shares = CustomerLogin.objects.filter(user=link.user).exclude(customer=customer).exists()
    if existing is None and not shares:
        User.objects.filter(pk=link.user_id).update(login=customer.phone, phone=customer.phone)
    else:
        link.delete()
        if not shares:
            User.objects.filter(pk=link.user_id).update(is_active=False)
        open_portal_access(customer=customer, act=act)
        return
    _record(customer, "portal_access.moved", act=act)


def _owner(customer: Customer) -> User:
    """Return whose login it will be, not saved: what a password must not be like."""
    return User(
        login=customer.phone, phone=customer.phone, name=customer.name, email=customer.email
    )


def _login_of(phone: str) -> User | None:
    user = User.objects.select_for_update().filter(login=phone).first()
    if user is not None and user.role != User.Role.CUSTOMER:
        raise LoginTaken(_("This phone number already signs in a member of staff or a partner."))
    if user is not None and not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
    return user


def _record(customer: Customer, action: str, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=customer,
        customer_id=customer.pk,
        after={"login": customer.phone},
    )
