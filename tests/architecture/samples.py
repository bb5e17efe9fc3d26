"""One of everything, so that each address can be opened by its human id.

An app with new addresses adds to `World` and to `ARGUMENTS`. An address without a line here is
opened with made-up arguments: whoever may see the page gets 404, everybody else the refusal, and
the refusals are what the matrix is about.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from customers.models import Customer, CustomerLogin, Package, Subscription
from ispbill.accounts.models import Branch, SignedInSession, User
from ispbill.audit.models import AuditEvent, JobRun
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    LeadFactory,
    PackageFactory,
    PackagePriceFactory,
    SubscriptionFactory,
)

MADE_UP = {"int": 999_999, "str": "x", "slug": "x", "uuid": "0" * 8 + "-0000-0000-0000-" + "0" * 12}
BORN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """A branch with a customer and a service; users of every role, by role."""

    branch: Branch
    customer: Customer
    subscription: Subscription
    package: Package
    users: dict[str, User]
    event: AuditEvent
    run: JobRun
    session: SignedInSession
    lead: Any


def build() -> World:
    """Make the world (inside the caller's transaction)."""
    branch = BranchFactory()
    customer = CustomerFactory(area=AreaFactory(branch=branch))
    package = PackageFactory()
    PackagePriceFactory(package=package)
    subscription = SubscriptionFactory(customer=customer, package=package)
    users = {
        role: UserFactory(role=role, branch=branch, login=f"{role.lower()}@matrix.test")
        for role in User.Role.values
    }
    CustomerLogin.objects.create(user=users["CUSTOMER"], customer=customer)
    session = SignedInSession.objects.create(
        user=users["CASHIER"], session_key="sample", started_at=BORN, last_seen_at=BORN
    )
    event = AuditEvent.objects.create(
        at=BORN, actor_name="x", action="x.y", target_type="x", target_id="1", branch_id=branch.pk
    )
    run = JobRun.objects.create(job="x", started_at=BORN, heartbeat_at=BORN)
    return World(
        branch=branch,
        customer=customer,
        subscription=subscription,
        package=package,
        users=users,
        event=event,
        run=run,
        session=session,
        lead=LeadFactory(branch=branch),
    )


# By full name, or by "namespace:argument" for every address of an app with that argument.
ARGUMENTS: dict[str, Callable[[World], dict[str, Any]]] = {
    "staff_accounts:pk": lambda world: {"pk": world.users["CASHIER"].pk},
    "staff_accounts:session": lambda world: {"session": world.session.pk},
    "staff_accounts:edit-branch": lambda world: {"pk": world.branch.pk},
    "staff_accounts:archive-branch": lambda world: {"pk": world.branch.pk},
    "staff_audit:event": lambda world: {"pk": world.event.pk},
    "staff_audit:history": lambda world: {"table": "customer", "pk": world.customer.pk},
    "staff_audit:job-run": lambda world: {"pk": world.run.pk},
    "staff_audit:job-progress": lambda world: {"pk": world.run.pk},
    "staff_audit:run-now": lambda _world: {"job": "run_billing"},
    "staff_customers:edit-lead": lambda world: {"pk": world.lead.pk},
    "staff_customers:move-lead": lambda world: {"pk": world.lead.pk},
    "staff_customers:convert-lead": lambda world: {"pk": world.lead.pk},
    "staff_customers:edit-package": lambda world: {"pk": world.package.pk},
    "staff_customers:set-price": lambda world: {"pk": world.package.pk},
    "staff_customers:archive-package": lambda world: {"pk": world.package.pk},
    "staff_customers:edit-area": lambda world: {"pk": world.customer.area_id},
    "staff_customers:archive-area": lambda world: {"pk": world.customer.area_id},
    "staff_customers:bulk": lambda _world: {"what": "tag"},
    "staff_customers:export": lambda _world: {"file_format": "csv"},
    # Every app that names a customer or a service does it by the same words.
    "*:number": lambda world: {"number": world.customer.number},
    "*:line": lambda world: {"line": world.subscription.line_no},
    "*:line_no": lambda world: {"line_no": world.subscription.line_no},
}


def arguments(name: str, converters: dict[str, Any], world: World) -> dict[str, Any]:
    """Return the arguments an address is opened with."""
    found: dict[str, Any] = {}
    space = name.rpartition(":")[0]
    for argument, converter in converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        found[argument] = MADE_UP.get(kind, "x")
        for key in (f"*:{argument}", f"{space}:{argument}", name):
            if key in ARGUMENTS:
                given = ARGUMENTS[key](world)
                found |= {known: given[known] for known in given if known in converters}
    return found
