"""Staff and branches a person may see."""

from django.db.models import Count, Q, QuerySet

from ispbill.accounts.access import branch_scope
from ispbill.accounts.capabilities import STAFF_ROLES
from ispbill.accounts.models import Branch, User


def staff_visible_to(user: User) -> QuerySet[User]:
    """Return the company's people (no customers or resellers); a manager sees the own branch."""
    people = User.objects.filter(role__in=STAFF_ROLES).select_related("branch")
    scope = branch_scope(user)
    return people if scope is None else people.filter(branch_id=scope)


def branches_visible_to(user: User) -> QuerySet[Branch]:
    """Return the branches, with how many active people belong to each as `people_count`."""
    branches = Branch.objects.select_related("manager").annotate(
        people_count=Count("staff", filter=Q(staff__is_active=True, staff__role__in=STAFF_ROLES))
    )
    scope = branch_scope(user)
    return branches if scope is None else branches.filter(pk=scope)
