"""Virtual routers on real sockets, known to the database."""

from network.models import Router
from tests.factories.network import RouterFactory


def known(farm, name, **changes):
    """Make the row of a virtual router."""
    endpoint = farm.endpoint(name)
    return RouterFactory(name=name, host=endpoint["host"], port=endpoint["port"], **changes)


def due_again():
    """Let every router's waiting time be over, as hours would."""
    Router.objects.update(next_attempt_at=None)


def secret(farm, router, username):
    return next((row for row in farm.secrets(router) if row["name"] == username), None)
