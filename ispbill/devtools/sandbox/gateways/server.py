"""All simulated gateways of one directory, in threads of this process."""

from pathlib import Path
from typing import Any

from ispbill.devtools.sandbox.gateways.bkash import Bkash
from ispbill.devtools.sandbox.gateways.control import ControlServer
from ispbill.devtools.sandbox.gateways.http_side import GatewayServer
from ispbill.devtools.sandbox.gateways.nagad import Nagad
from ispbill.devtools.sandbox.gateways.sslcommerz import SslCommerz
from ispbill.devtools.sandbox.gateways.world import Gateway, World
from ispbill.devtools.sandbox.http_lines import Exchange


class Gateways:
    """SSLCommerz, bKash, Nagad and the control desk; `close` stops them, what they know stays."""

    def __init__(self, directory: Path, page_base: str = "") -> None:
        self.world = World(directory, page_base)
        minds: list[Gateway] = [SslCommerz(self.world), Bkash(self.world), Nagad(self.world)]
        self._servers: list[Exchange] = []
        try:
            for mind in minds:
                self._servers.append(GatewayServer(self.world, mind))
            self._servers.append(ControlServer(self.world, {mind.name: mind for mind in minds}))
        except OSError:
            for server in self._servers:
                server.server_close()
            self.world.close()
            raise
        for server in self._servers:
            server.start()

    @property
    def addresses(self) -> dict[str, dict[str, Any]]:
        """Host, port, base_url and credentials of each, without keys only the simulator needs."""
        hidden = {"nagad_private_key", "merchant_public_key"}
        return {
            name: {field: value for field, value in place.items() if field not in hidden}
            for name, place in self.world.addresses.items()
        }

    def close(self) -> None:
        """Stop answering and calling back."""
        self.world.stopping.set()
        for server in self._servers:
            server.close()
        self.world.close()


def serve(directory: Path, page_base: str = "") -> Gateways:
    """Start the gateways; stop them with `.close()`. `page_base` is the address under which
    hosted pages are shown ("…/sim/gateway/"), "" for the gateways' own. Raises OSError when a
    port is taken."""
    return Gateways(directory, page_base)
