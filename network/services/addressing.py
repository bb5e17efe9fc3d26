"""What a line is known by outside: its fixed address, and the prefix of IPv6 behind it."""

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.audit.services import trail
from ispbill.core.acts import Act
from network.models import Access, Method
from network.services import desired_states, lines
from network.services.lines import LineRefused


@transaction.atomic
def set_static_ip(*, line: Access, address: str | None, act: Act) -> Access:
    """Give the line another fixed address, or none; its session is redialled.

    Raises LineRefused for a line that is nothing without its address.
    """
    trail.begin(act=act)
    line = lines.locked(line)
    if line.static_ip == address or line.desired_state == Access.State.REMOVED:
        return line
    if address is None and Method(line.method).has_queue:
        raise LineRefused(_("This line is made of its fixed address; change its method first."))
    before, line.static_ip = line.static_ip or "", address
    lines.number(line, act=act)
    line.save()
    lines.record("line.address_changed", line, before, address or "", act=act)
    desired_states.enqueue([line.router_id])
    return line


@transaction.atomic
def set_delegated_prefix(*, line: Access, prefix: str | None, act: Act) -> Access:
    """Give the line another fixed prefix of IPv6, or none; its session is ended.

    Accounting need not tell which prefix a session has, so that the session is put in doubt rather
    than looked at. Raises LineRefused for a line that cannot be told one.
    """
    trail.begin(act=act)
    line = lines.locked(line)
    if line.delegated_prefix == prefix or line.desired_state == Access.State.REMOVED:
        return line
    before, line.delegated_prefix = line.delegated_prefix or "", prefix
    check_prefix(line)
    line.is_in_doubt = True  # the push ends the session of a line in doubt
    lines.number(line, act=act)
    line.save()
    lines.record("line.prefix_changed", line, before, prefix or "", act=act)
    desired_states.enqueue([line.router_id])
    return line


def check_prefix(line: Access) -> None:
    """Raise LineRefused where a line, as it is to be, could not be told its fixed prefix."""
    if line.delegated_prefix and not line.can_be_told_prefix:
        raise LineRefused(
            _(
                "A fixed IPv6 prefix can be told to a PPPoE login at RADIUS only: a user, queue or "
                "lease on the router itself has no place for one."
            )
        )
