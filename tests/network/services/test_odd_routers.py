"""What an odd router says never stops the one who asks, nor decides anything by mistake."""

import pytest

from network.models import Access, Router
from network.services import differences, health, push, reconcile
from tests.factories.network import AccessFactory, RouterFactory
from tests.network.parrot import Parrot, table

pytestmark = pytest.mark.django_db(transaction=True)


def known(parrot):
    return RouterFactory(host=parrot.login.host, port=parrot.login.port)


def test_what_a_router_says_of_itself_is_made_fit_to_be_kept(at):
    says = {
        "/system/resource/print": table(
            [{"version": "7\x00.1", "uptime": "9" * 30 + "w", "cpu-load": "9" * 30}]
        ),
        "/system/identity/print": table([{"name": "edge\n\x00 " + "x" * 200}]),
        "/ppp/active/print": [["!empty"], ["!done"]],
    }
    with Parrot(says) as parrot:
        router = known(parrot)

        assert health.check_router(router_id=router.pk, now=lambda: at)

    router.refresh_from_db()
    assert router.status == Router.Status.ONLINE
    assert router.identity == f"edge {'x' * 55}"
    assert (router.version, router.uptime_seconds, router.cpu_percent) == ("7 .1", 0, 100)


@pytest.mark.parametrize("nothing", [[["!done"]], [["!empty"], ["!done"]], b"\x03!re"])
def test_a_router_that_says_nothing_of_itself_is_off_line(at, nothing):
    with Parrot({"/system/resource/print": nothing}) as parrot:
        router = known(parrot)

        assert not health.check_router(router_id=router.pk, now=lambda: at)

    router.refresh_from_db()
    assert router.status == Router.Status.OFFLINE


def test_an_odd_refusal_is_kept_with_the_line_it_was_for(at):
    says = {
        "/ppp/profile/print": table([{"name": "ispbill-30M-30M", "rate-limit": "30M/30M"}]),
        "/ppp/secret/add": [["!trap", "=message=sorry\x00\n  no"], ["!done"]],
    }
    with Parrot(says) as parrot:
        line = AccessFactory(router=known(parrot))

        push.push_router(router_id=line.router_id, now=lambda: at)

    line.refresh_from_db()
    assert "sorry no" in line.last_error
    assert not line.is_settled


def test_a_comparison_shows_a_user_whose_state_the_router_does_not_tell(at):
    with Parrot({}) as parrot:
        line = AccessFactory(router=known(parrot), desired_state=Access.State.OPEN)
        parrot.says["/ppp/secret/print"] = table(
            [
                {
                    "name": line.username,
                    "profile": "ispbill-30M-30M",
                    "comment": f"ispbill:{line.subscription_id}",
                }
            ]
        )

        found = reconcile.compare(router=line.router)

    assert [(one.kind, one.actual) for one in found] == [(differences.Kind.WRONG_STATE, "unknown")]
