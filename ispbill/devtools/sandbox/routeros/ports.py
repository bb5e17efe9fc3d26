"""The listening port of one virtual router."""

import asyncio
import socket
import ssl
from typing import Any

from ispbill.devtools.sandbox.routeros.connection import Connection, ReplyCache
from ispbill.devtools.sandbox.routeros.router import VirtualRouter


class RouterPort:
    """Listens for API clients. While off line the port stays bound, so nobody else can take it."""

    def __init__(self, router: VirtualRouter) -> None:
        self.router = router
        self.is_offline = False
        self._cache = ReplyCache()
        self._server: asyncio.Server | None = None
        self._holder: socket.socket | None = None
        self._clients: set[asyncio.Task[None]] = set()
        self._port = router.spec.port

    def endpoint(self) -> dict[str, Any]:
        """Return what a client needs to log in."""
        spec = self.router.spec
        return {
            "name": spec.name,
            "host": spec.host,
            "port": self._port,
            "tls": bool(spec.certificate),
            "username": spec.username,
            "password": spec.password,
        }

    async def open(self) -> None:
        """Bind and listen; raises OSError when the port is taken."""
        self._hold()
        await self._listen()

    async def close(self) -> None:
        """Stop listening and drop everybody."""
        await self._stop_listening()
        if self._holder is not None:
            self._holder.close()
            self._holder = None

    async def set_offline(self, is_offline: bool) -> None:
        """Refuse connections (and drop those there are), or listen again."""
        self.is_offline = is_offline
        await self.follow_faults()

    async def follow_faults(self) -> None:
        """Listen or not, as `is_offline` and the fault `refuse` have it."""
        is_closed = self.is_offline or self.router.faults.has("refuse")
        if is_closed and self._server is not None:
            await self._stop_listening()
            self._hold()
        elif not is_closed and self._server is None:
            await self._listen()

    def drop_connections(self) -> None:
        for client in self._clients:
            client.cancel()

    def _hold(self) -> None:
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind((self.router.spec.host, self._port))
        except OSError:
            holder.close()
            raise
        self._port = holder.getsockname()[1]
        self._holder = holder
        self.router.offer_services(port=self._port)

    async def _listen(self) -> None:
        tls = None
        if self.router.spec.certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(self.router.spec.certificate)
        self._server = await asyncio.start_server(
            self._serve, sock=self._holder, ssl=tls, backlog=256
        )
        self._holder = None

    async def _stop_listening(self) -> None:
        if self._server is None:
            return
        self._server.close()
        self.drop_connections()
        await asyncio.gather(*self._clients, return_exceptions=True)
        self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.current_task()
        if client is None:
            raise RuntimeError("a connection is served by a task")
        self._clients.add(client)
        try:
            await Connection(self.router, self._cache, reader, writer).serve()
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._clients.discard(client)
