"""Several virtual routers together, in this process (tests) or as a program."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from ispbill.devtools.sandbox.routeros import saving
from ispbill.devtools.sandbox.routeros.clock import Clock
from ispbill.devtools.sandbox.routeros.control import ControlError, ControlVerbs
from ispbill.devtools.sandbox.routeros.desk import Desk
from ispbill.devtools.sandbox.routeros.ports import RouterPort
from ispbill.devtools.sandbox.routeros.router import VirtualRouter
from ispbill.devtools.sandbox.routeros.spec import RouterSpec

_SAVE_SECONDS = 1.0
_START_SECONDS = 30.0
_CALL_SECONDS = 30.0

T = TypeVar("T")


class Sandbox:
    """The routers and the control socket, inside a running event loop."""

    def __init__(
        self, specs: Sequence[RouterSpec], *, state_directory: Path | None = None, control: str = ""
    ) -> None:
        names = [spec.name for spec in specs]
        if len(set(names)) != len(names):
            raise ValueError("two routers have the same name")
        self.clock = Clock()
        self.state_directory = state_directory
        self.control_address = control
        self.ports = {spec.name: RouterPort(self._router(spec)) for spec in specs}
        self.desk = Desk(self.ports)
        self._control_server: asyncio.Server | None = None
        self._saving: asyncio.Task[None] | None = None
        self._saved: dict[str, dict[str, Any]] = {}

    def _router(self, spec: RouterSpec) -> VirtualRouter:
        router = VirtualRouter(spec, self.clock)
        state = saving.load(self.state_directory, spec.name) if self.state_directory else None
        if state is None:
            router.fill_from_spec()
        else:
            saving.restore(router, state)
        return router

    async def open(self) -> None:
        """Listen on all ports; raises OSError when one is taken."""
        for port in self.ports.values():
            await port.open()
        if self.control_address:
            await self._open_control()
        if self.state_directory is not None:
            self._saving = asyncio.create_task(self._keep_saving())

    async def close(self) -> None:
        """Save, and close every socket."""
        if self._saving is not None:
            self._saving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._saving
            self._save()
        if self._control_server is not None:
            self._control_server.close()
        for port in self.ports.values():
            await port.close()

    async def _open_control(self) -> None:
        host, delimiter, port = self.control_address.rpartition(":")
        if delimiter and port.isdigit():
            self._control_server = await asyncio.start_server(self.desk.serve, host, int(port))
            return
        path = Path(self.control_address)
        path.unlink(missing_ok=True)
        self._control_server = await asyncio.start_unix_server(self.desk.serve, path)
        path.chmod(0o600)

    async def _keep_saving(self) -> None:
        while True:
            await asyncio.sleep(_SAVE_SECONDS)
            self._save()

    def _save(self) -> None:
        if self.state_directory is None:
            return
        for name, port in self.ports.items():
            state = saving.state_of(port.router)
            if state != self._saved.get(name):
                saving.save(self.state_directory, port.router)
                self._saved[name] = state


class RouterFarm(ControlVerbs):
    """Virtual routers in a thread of this process.

    `with RouterFarm([RouterSpec(name="r1")]) as farm: farm.endpoint("r1")["port"]`. It has the same
    verbs as `Control`: `farm.reboot("r1")`, `farm.secrets("r1")`, …
    """

    def __init__(
        self, specs: Sequence[RouterSpec], *, state_directory: Path | None = None, control: str = ""
    ) -> None:
        self._sandbox = Sandbox(specs, state_directory=state_directory, control=control)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._turn, args=(ready,), daemon=True)
        self._thread.start()
        if not ready.wait(_START_SECONDS):
            raise ControlError("the router sandbox did not start")
        try:
            self._wait(self._sandbox.open())
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._wait(self._sandbox.close())
        finally:
            self._stop()

    def endpoint(self, name: str) -> dict[str, Any]:
        """Return name, host, port, tls, username and password of a router."""
        return self._sandbox.ports[name].endpoint()

    def call(self, op: str, **arguments: object) -> Any:
        answer = self._wait(self._sandbox.desk.answer({"op": op, **arguments}))
        if not answer["ok"]:
            raise ControlError(answer["error"])
        return answer["result"]

    def _wait(self, job: Coroutine[Any, Any, T]) -> T:
        if self._loop is None:
            raise RuntimeError("the router farm is not running")
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(_CALL_SECONDS)

    def _turn(self, ready: threading.Event) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.call_soon(ready.set)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._loop.close()

    def _stop(self) -> None:
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_START_SECONDS)
