"""Give a service its line, and change the line itself: profile, password, address."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Subscription
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.models import Access, Method, Router
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
    method: str = "",
) -> Access:
    """Give a service its line on a router: open when it is active, closed while it is not.

    Without a `method` it is brought as the router's lines usually are. A second call with the same
    router and name changes at most the password. Raises LineRefused.
    """
    check(username, password)
    way = Method(method or router.default_method)
    mac_address = check_facts(way, address=static_ip, mac_address=mac_address, password=password)
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
            line.method = way
            line.static_ip, line.mac_address = static_ip or None, mac_address
            if password:
                line.sealed_password = crypto.seal(password, context=secret_place(line))
            line.save()
            _record_new("line.provisioned", line, act=act)
            desired_states.enqueue([router.pk])
            return line
    except IntegrityError as error:
        raise explained(error) from error


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
    method: str = Method.PPPOE,
) -> Access:
    """Give a service a user that is on the router already: it becomes ours, with its password.

    It stays as open as it `is_open`, whatever the service's state. Raises LineRefused.
    """
    check(username, "")
    trail.begin(act=act)
    subscription = _service(subscription.pk)
    if Access.objects.filter(subscription=subscription).exists():
        raise LineRefused(_("This service has a line already; move it instead."))
    state = Access.State.OPEN if is_open else Access.State.WALLED
    line = _drafted(subscription, router, username, state, act=act)
    line.method = method
    line.static_ip, line.mac_address = static_ip, mac_address.upper()[:17]
    line.may_adopt, line.password_generation = True, 0
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError as error:
        raise explained(error) from error
    _record_new("line.taken_over", line, act=act)
    desired_states.enqueue([router.pk])
    return line


def _record_new(action: str, line: Access, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=line,
        branch_id=line.subscription.customer.branch_id,
        after={"router": line.router.name, "username": line.username}
        | {"profile": line.desired_profile, "method": str(line.method)},
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
    line = locked(line)
    if line.desired_profile == profile:
        return line
    before, line.desired_profile = line.desired_profile, profile
    number(line, act=act)
    line.save()
    record("line.profile_changed", line, before, profile, act=act)
    desired_states.enqueue([line.router_id])
    return line


@transaction.atomic
def restart_session(*, line: Access, act: Act) -> Access:
    """End a line's session, so that the customer's equipment dials again; with a reason.

    The router is told with the next push, as of any other desired state.
    """
    trail.begin(act=act)
    trail.required_reason(act.reason)
    line = locked(line)
    if line.desired_state == Access.State.REMOVED:
        raise LineRefused(_("A removed line has no session."))
    if Method(line.method).has_queue:
        raise LineRefused(_("A line with a fixed address has no session that could be ended."))
    line.is_in_doubt = True  # the push drops the session of a line in doubt
    number(line, act=act)
    line.save()
    record("line.restarted", line, "", "", act=act)
    desired_states.enqueue([line.router_id])
    return line


@transaction.atomic
def set_password(*, line: Access, password: str, act: Act) -> Access:
    """Give the line another password; the same one again changes nothing."""
    check(line.username, password)
    trail.begin(act=act.because(""))
    line = locked(line)
    if line.sealed_password and password_of(line) == password:
        return line
    line.sealed_password = crypto.seal(password, context=secret_place(line))
    number(line, act=act.because(""))
    line.password_generation = line.generation
    line.save()
    record("line.password_changed", line, "", "", act=act.because(""))
    desired_states.enqueue([line.router_id])
    return line


def profile_of(subscription: Subscription) -> str:
    """Return the profile that carries the service's speed."""
    return profiles.name_for(
        download_mbps=subscription.download_mbps,
        upload_mbps=subscription.upload_mbps,
        chosen=subscription.package.router_profile,
        burst=profiles.Burst(
            subscription.package.burst_percent, subscription.package.burst_seconds
        ),
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


def number(line: Access, *, act: Act) -> None:
    """Make the present values a new desired state."""
    line.generation += 1
    line.desired_since = act.at
    line.desired_by_name = desired_states.name_of(act.actor)
    line.desired_reason = act.reason
    line.attempts, line.next_attempt_at = 0, None
    line.is_on_hold, line.last_error = False, ""


def locked(line: Access) -> Access:
    """Return the line as it is now, for this transaction alone to change."""
    return Access.objects.select_for_update(no_key=True).get(pk=line.pk)


def record(action: str, line: Access, before: str, after: str, *, act: Act) -> None:
    """Write a change of a line into the trail, in a word for each side."""
    events.record(
        act=act, action=action, target=line, before={"line": before}, after={"line": after}
    )


def check(username: str, password: str) -> None:
    """Raise LineRefused for what no router would take."""
    if not logins.is_username(username):
        raise LineRefused(_("A user name has 1 to 60 characters, without line breaks."))
    if logins.has_control_characters(password):
        raise LineRefused(_("A password must not contain line breaks or control characters."))


def check_facts(way: Method, *, address: str | None, mac_address: str, password: str) -> str:
    """Raise LineRefused where a method lacks what it is made of; return the MAC as it is kept."""
    mac = logins.mac_of(mac_address)
    if mac_address and not mac:
        raise LineRefused(_("A MAC address looks like C0:25:E9:12:34:56."))
    if way.has_queue and not address:
        raise LineRefused(_("This method needs a fixed address; give the line one first."))
    if way == Method.DHCP and not mac:
        raise LineRefused(_("A lease needs the MAC address of the customer's equipment."))
    if way.has_login and not password:
        raise LineRefused(_("This method needs a password; set one first."))
    return mac


def explained(error: IntegrityError) -> LineRefused:
    """Return what the database refused in words for people; raises what nobody expected."""
    if "access_username_once_per_router" in str(error):
        return LineRefused(_("This user name is already in use on this router."))
    if "access_address_once_per_router" in str(error):
        return LineRefused(_("Another line of this router has this address already."))
    if "access_mac_once_per_router" in str(error):
        return LineRefused(_("Another line of this router has this MAC address already."))
    raise error
