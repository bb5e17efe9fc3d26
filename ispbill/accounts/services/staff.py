"""People of the company: who they are, what they may do, whether they may come in."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.capabilities import STAFF_ROLES
from ispbill.accounts.models import Branch, User
from ispbill.accounts.services import sessions
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class LoginTaken(DomainError):
    """Somebody signs in with this e-mail already."""


class OwnerNeeded(DomainError):
    """The company would be left without an owner who can sign in."""


class BranchNeeded(DomainError):
    """A branch manager manages a branch."""


@dataclass(frozen=True)
class Person:
    """What the staff form holds; `email` is the login."""

    name: str
    email: str
    role: str
    branch: Branch | None = None
    phone: str = ""


@transaction.atomic
def add(*, person: Person, act: Act) -> User:
    """Add a person who cannot sign in yet: send a link or set a temporary password next."""
    _check(person)
    login = person.email.strip().lower()
    if User.objects.filter(login=login).exists():
        raise LoginTaken(_("Somebody signs in with this e-mail already."))
    trail.begin(act=act)
    user = User.objects.create_user(
        login,
        name=person.name,
        role=person.role,
        branch=person.branch,
        phone=person.phone,
        email=login,
    )
    events.record(act=act, action="user.added", target=user, after=_snapshot(user))
    return user


@transaction.atomic
def change(*, user: User, person: Person, act: Act[Actor]) -> User:
    """Change a person; another role or branch ends their sessions."""
    act = act.because(trail.required_reason(act.reason))
    _check(person)
    user = _locked(user)
    login = person.email.strip().lower()
    if User.objects.filter(login=login).exclude(pk=user.pk).exists():
        raise LoginTaken(_("Somebody signs in with this e-mail already."))
    if person.role != User.Role.OWNER:
        _keep_an_owner(user)
    was = _snapshot(user)
    user.name, user.role, user.branch, user.phone = (
        person.name,
        person.role,
        person.branch,
        person.phone,
    )
    user.login = user.email = login
    before, after = events.changes(was, _snapshot(user))
    if not after:
        return user
    trail.begin(act=act)
    user.save(update_fields=["name", "role", "branch", "phone", "login", "email"])
    if {"role", "branch"} & set(after):
        sessions.revoke_all(user=user)
    events.record(act=act, action="user.changed", target=user, before=before, after=after)
    return user


@transaction.atomic
def deactivate(*, user: User, act: Act[Actor]) -> User:
    """Shut a person out, at once and everywhere."""
    act = act.because(trail.required_reason(act.reason))
    user = _locked(user)
    _keep_an_owner(user)
    _switch(user, is_active=False, action="user.deactivated", act=act)
    sessions.revoke_all(user=user)
    return user


@transaction.atomic
def reactivate(*, user: User, act: Act[Actor]) -> User:
    """Let a person in again with the password they had."""
    act = act.because(trail.required_reason(act.reason))
    user = _locked(user)
    _switch(user, is_active=True, action="user.reactivated", act=act)
    return user


def _switch(user: User, *, is_active: bool, action: str, act: Act[Actor]) -> None:
    if user.is_active == is_active:
        return
    trail.begin(act=act)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    events.record(
        act=act,
        action=action,
        target=user,
        before={"is_active": not is_active},
        after={"is_active": is_active},
    )


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(pk=user.pk)


def _keep_an_owner(user: User) -> None:
    if user.role != User.Role.OWNER or not user.is_active:
        return
    # Locked, so that two owners cannot shut each other out in the same moment.
    owners = User.objects.select_for_update().filter(role=User.Role.OWNER, is_active=True)
    if not [owner for owner in owners.order_by("pk") if owner.pk != user.pk]:
        raise OwnerNeeded(_("This is the last owner; make somebody else an owner first."))


def _check(person: Person) -> None:
    if person.role not in STAFF_ROLES:
        raise DomainError(_("This role is not given here."))
    if person.role == User.Role.BRANCH_MANAGER and person.branch is None:
        raise BranchNeeded(_("Choose the branch this person manages."))


def _snapshot(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "login": user.login,
        "role": user.role,
        "branch": user.branch_id,
        "phone": user.phone,
    }
