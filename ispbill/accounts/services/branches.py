"""Offices of the company."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class NameTaken(DomainError):
    """Another branch has this code or name."""


class InUse(DomainError):
    """Staff still belong to the branch."""


@dataclass(frozen=True)
class Details:
    """What the branch form holds; `manager_id` is a user's key."""

    code: str
    name: str
    address: str = ""
    phone: str = ""
    manager_id: int | None = None


@transaction.atomic
def add(*, details: Details, act: Act[Actor]) -> Branch:
    """Open a branch."""
    _check(details, None)
    trail.begin(act=act.because(""))
    branch = Branch.objects.create(**asdict(details))
    events.record(
        act=act, action="branch.added", target=branch, branch_id=branch.pk, after=asdict(details)
    )
    return branch


@transaction.atomic
def change(*, branch: Branch, details: Details, act: Act[Actor]) -> Branch:
    """Change a branch's details; nothing happens when nothing differs."""
    branch = Branch.objects.select_for_update().get(pk=branch.pk)
    _check(details, branch)
    wanted = asdict(details)
    was = {name: getattr(branch, name) for name in wanted}
    before, after = events.changes(was, wanted)
    if not after:
        return branch
    trail.begin(act=act.because(""))
    for name, value in after.items():
        setattr(branch, name, value)
    branch.save(update_fields=list(after))
    events.record(
        act=act,
        action="branch.changed",
        target=branch,
        branch_id=branch.pk,
        before=before,
        after=after,
    )
    return branch


@transaction.atomic
def archive(*, branch: Branch, act: Act[Actor]) -> Branch:
    """Close a branch for new work; its history stays. Raises InUse while staff belong to it."""
    act = act.because(trail.required_reason(act.reason))
    branch = Branch.objects.select_for_update().get(pk=branch.pk)
    if User.objects.filter(branch=branch, is_active=True).exists():
        raise InUse(_("Staff still belong to this branch; move them first."))
    trail.begin(act=act)
    branch.archived_at = act.at
    branch.save(update_fields=["archived_at"])
    events.record(act=act, action="branch.archived", target=branch, branch_id=branch.pk)
    return branch


def _check(details: Details, branch: Branch | None) -> None:
    same = Branch.objects.filter(Q(code=details.code) | Q(name=details.name))
    if branch is not None:
        same = same.exclude(pk=branch.pk)
    if same.exists():
        raise NameTaken(_("Another branch has this code or name."))
