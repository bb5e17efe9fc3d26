"""Give a service its line, and change the line itself: profile, router, name, password."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Subscription
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.models import Access, Leftover, Router
from network.rules import logins, profiles
from network.services import desired_states

_STATES = {
    Subscription.Status.PENDING: Access.State.WALLED,
    Subscription.Status.ACTIVE: Access.State.OPEN,
    Subscription.Status.SUSPENDED: Access.State.WALLED,
}


class LineRefused(DomainError):
    """The line cannot be as asked: the name is taken or unusable, or the service has ended."""


def provision(
    *,
    subscription: Subscription,
    router: Router,
    username: str,
    password: str,
    act: Act,
    static_ip: str | None = None,
    mac_address: str = "",
) -> Access:
    """Give a service its line on a router: open when it is active, closed while it is not.

    A second call with the same router and name changes at most the password. Raises LineRefused.
    """
    _check(username, password)
    try:
        with transaction.atomic():
            trail.begin(act=act)
            subscription = _service(subscription.pk)
            state = _STATES.get(Subscription.Status(subscription.status))
            if state is None:
                raise LineRefused(_("A cancelled service gets no line."))
            line = Access.objects.filter(subscription=subscription).first()
            if line is not None:
                if (line.router_id, line.username) != (router.pk, username):
                    raise LineRefused(_("This service has a line already; move it instead."))
                return set_password(line=line, password=password, act=act.because(""))
            line = _drafted(subscription, router, username, state, act=act)
            line.static_ip, line.mac_address = static_ip or None, mac_address.upper()
            line.sealed_password = crypto.seal(password, context=secret_place(line))
            line.save()
            _record_new("line.provisioned", line, act=act)
            desired_states.enqueue([router.pk])
            return line
    except IntegrityError as error:
        raise _explained(error) from error


@transaction.atomic
def take_over(
    *,
    subscription: Subscription,
    router: Router,
    username: str,
    static_ip: str | None,
    mac_address: str,
    is_open: bool,
    act: Act,
) -> Access:
    """Give a service a user that is on the router already: it becomes ours, with its password.

    It stays as open as it `is_open`, whatever the service's state. Raises LineRefused.
    """
    _check(username, "")
    trail.begin(act=act)
    subscription = _service(subscription.pk)
    if Access.objects.filter(subscription=subscription).exists():
        raise LineRefused(_("This service has a line already; move it instead."))
    state = Access.State.OPEN if is_open else Access.State.WALLED
    line = _drafted(subscription, router, username, state, act=act)
    line.static_ip, line.mac_address = static_ip, mac_address.upper()[:17]
    line.may_adopt, line.password_generation = True, 0
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError as error:
        raise _explained(error) from error
    _record_new("line.taken_over", line, act=act)
    desired_states.enqueue([router.pk])
    return line


def _record_new(action: str, line: Access, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=line,
        customer_id=line.customer_id,
        branch_id=line.subscription.customer.branch_id,
        after={"router": line.router.name, "username": line.username}
        | {"profile": line.desired_profile},
    )


def _drafted(
    subscription: Subscription, router: Router, username: str, state: str, *, act: Act
) -> Access:
    return Access(
        subscription=subscription,
        customer_id=subscription.customer_id,
        router=router,
        username=username,
        desired_state=state,
        desired_profile=profile_of(subscription),
        desired_since=act.at,
        desired_by_name=desired_states.name_of(act.actor),
        desired_reason=act.reason,
        password_generation=1,
    )


@transaction.atomic
def change_profile(*, line: Access, profile: str, act: Act) -> Access:
    """Ask for another profile (a package change or a throttle); the session is redialled."""
    if (
        not profile
        or len(profile) > logins.MAX_CHARACTERS
        or logins.has_control_characters(profile)
    ):
        raise LineRefused(_("A profile's name has 1 to 60 printable characters."))
    trail.begin(act=act)
    line = _locked(line)
    if line.desired_profile == profile:
        return line
    before, line.desired_profile = line.desired_profile, profile
    _number(line, act=act)
    line.save()
    _record("line.profile_changed", line, before, profile, act=act)
    desired_states.enqueue([line.router_id])
    return line


def move_to_router(
    *, line: Access, router: Router, act: Act, username: str | None = None
) -> Access:
    """Move a line to another router, or give it another user name, or both.

    The user on the old place is removed as soon as that router can be reached, however much later.
    Raises LineRefused when the name is taken there.
    """
    name = line.username if username is None else username
    _check(name, "")
    try:
        with transaction.atomic():
            trail.begin(act=act)
            line = _locked(line)
            before = (line.router_id, line.username)
            if before == (router.pk, name):
                return line
            if line.desired_state == Access.State.REMOVED:
                raise LineRefused(_("A removed line cannot be moved."))
            Leftover.objects.filter(access=line, router=router, username=name).delete()
            Leftover.objects.get_or_create(
                access=line, router_id=before[0], username=before[1], defaults={"since": act.at}
            )
            line.router, line.username = router, name
            line.confirmed_state = line.confirmed_profile = ""
            _number(line, act=act)
            line.password_generation = line.generation  # it may have been there with an older one
            line.save()
            _record(
                "line.moved",
                line,
                f"router {before[0]}: {before[1]}",
                f"router {router.pk}: {name}",
                act=act,
            )
            desired_states.enqueue([before[0], router.pk])
            return line
    except IntegrityError as error:
        raise _explained(error) from error


@transaction.atomic
def restart_session(*, line: Access, act: Act) -> Access:
    """End a line's session, so that the customer's equipment dials again; with a reason.

    The router is told with the next push, as of any other desired state.
    """
    trail.begin(act=act)
    trail.required_reason(act.reason)
    line = _locked(line)
    if line.desired_state == Access.State.REMOVED:
        raise LineRefused(_("A removed line has no session."))
    line.is_in_doubt = True  # the push drops the session of a line in doubt
    _number(line, act=act)
    line.save()
    _record("line.restarted", line, "", "", act=act)
    desired_states.enqueue([line.router_id])
    return line


@transaction.atomic
def set_password(*, line: Access, password: str, act: Act) -> Access:
    """Give the line another password; the same one again changes nothing."""
    _check(line.username, password)
    trail.begin(act=act.because(""))
    line = _locked(line)
    if line.sealed_password and password_of(line) == password:
        return line
    line.sealed_password = crypto.seal(password, context=secret_place(line))
    _number(line, act=act.because(""))
    line.password_generation = line.generation
    line.save()
    _record("line.password_changed", line, "", "", act=act.because(""))
    desired_states.enqueue([line.router_id])
    return line


@transaction.atomic
def set_static_ip(*, line: Access, address: str | None, act: Act) -> Access:
    """Give the line another fixed address, or none; its session is redialled."""
    trail.begin(act=act)
    line = _locked(line)
    if line.static_ip == address or line.desired_state == Access.State.REMOVED:
        return line
    before, line.static_ip = line.static_ip or "", address
    _number(line, act=act)
    line.save()
    _record("line.address_changed", line, before, address or "", act=act)
    desired_states.enqueue([line.router_id])
    return line


def profile_of(subscription: Subscription) -> str:
    """Return the profile that carries the service's speed."""
    return profiles.name_for(
        download_mbps=subscription.download_mbps,
        upload_mbps=subscription.upload_mbps,
        chosen=subscription.package.router_profile,
    )


def secret_place(line: Access) -> str:
    """Return what a line's sealed password is bound to."""
    return f"network.access:{line.seal_id}"


def password_of(line: Access) -> str:
    """Return a line's password in clear, for the router only."""
    return crypto.unseal(line.sealed_password, context=secret_place(line))


def _service(pk: int) -> Subscription:
    locked = Subscription.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("package", "customer").get(pk=pk)


def _number(line: Access, *, act: Act) -> None:
    """Make the present values a new desired state."""
    line.generation += 1
    line.desired_since = act.at
    line.desired_by_name = desired_states.name_of(act.actor)
    line.desired_reason = act.reason
    line.attempts, line.next_attempt_at = 0, None
    line.is_on_hold, line.last_error = False, ""


def _locked(line: Access) -> Access:
    return Access.objects.select_for_update(no_key=True).get(pk=line.pk)


def _record(action: str, line: Access, before: str, after: str, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=line,
        customer_id=line.customer_id,
        before={"line": before},
        after={"line": after},
    )


def _check(username: str, password: str) -> None:
    if not logins.is_username(username):
        raise LineRefused(_("A user name has 1 to 60 characters, without line breaks."))
    if logins.has_control_characters(password):
        raise LineRefused(_("A password must not contain line breaks or control characters."))


def _explained(error: IntegrityError) -> LineRefused:
    if "access_username_once_per_router" in str(error):
        return LineRefused(_("This user name is already in use on this router."))
    raise error
