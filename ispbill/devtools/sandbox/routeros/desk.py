"""The control interface's side inside the sandbox: each request is one function here."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from itertools import islice
from typing import Any

from ispbill.devtools.sandbox.routeros.errors import Trap
from ispbill.devtools.sandbox.routeros.faults import KINDS, Fault
from ispbill.devtools.sandbox.routeros.ports import RouterPort
from ispbill.devtools.sandbox.routeros.router import LogEntry, VirtualRouter
from ispbill.devtools.sandbox.routeros.tables import Row


class Desk:
    """Answers requests about the routers behind `ports`. Runs inside the sandbox's event loop."""

    def __init__(self, ports: dict[str, RouterPort]) -> None:
        self._ports = ports
        self._operations: dict[str, Callable[..., Any]] = {
            "routers": self._routers,
            "secrets": self._secrets,
            "active": self._active,
            "profiles": self._profiles,
            "rows": self._rows,
            "add_row": self._add_row,
            "edit_row": self._edit_row,
            "remove_row": self._remove_row,
            "log": self._log,
            "set_offline": self._set_offline,
            "reboot": self._reboot,
            "factory_reset": self._factory_reset,
            "reset_counters": self._reset_counters,
            "slow": self._slow,
            "fault": self._fault,
            "clear_faults": self._clear_faults,
            "fault_kinds": lambda: KINDS,
            "clear_log": self._clear_log,
            "kick": self._kick,
            "set_cpe": self._set_cpe,
            "add_secret": self._add_secret,
            "edit_secret": self._edit_secret,
            "remove_secret": self._remove_secret,
            "advance": self._advance,
            "hold_clock": self._hold_clock,
            "truth": self._truth,
        }

    async def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return `{"ok": true, "result": …}` or `{"ok": false, "error": …}`."""
        arguments = dict(request)
        try:
            operation = self._operations[str(arguments.pop("op", ""))]
        except KeyError:
            return {"ok": False, "error": f"unknown request {request.get('op')}"}
        try:
            result = operation(**arguments)
            if asyncio.iscoroutine(result):
                result = await result
        except (Trap, ValueError, TypeError, KeyError, OSError) as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True, "result": result}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client of the control socket."""
        try:
            while line := await reader.readline():
                try:
                    answer = await self.answer(json.loads(line))
                except (ValueError, AttributeError):
                    answer = {"ok": False, "error": "a request is one JSON object on a line"}
                # People see a question mark for a byte that is no UTF-8.
                line = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
                writer.write(line + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):  # gone, or a line without end
            pass
        finally:
            writer.close()

    def _router(self, name: str) -> VirtualRouter:
        port = self._ports.get(name)
        if port is None:
            raise ValueError(f"there is no router {name}")
        port.router.settle()
        return port.router

    def _routers(self) -> list[dict[str, Any]]:
        return [self._told(port) for port in self._ports.values()]

    def _told(self, port: RouterPort) -> dict[str, Any]:
        router = port.router
        router.settle()
        return {
            **port.endpoint(),
            "version": router.spec.version,
            "identity": router.identity,
            "is_offline": port.is_offline,
            "slow_seconds": router.slow_seconds,
            "uptime_seconds": int(router.clock.now() - router.booted_at),
            "secrets": len(router.tables["/ppp/secret"]),
            "sessions": len(router.sessions) + len(router.hotspot.sessions),
            "faults": [asdict(fault) for fault in router.faults],
        }

    def _secrets(self, router: str) -> list[dict[str, Any]]:
        found = self._router(router)
        return [
            {
                **{k: v for k, v in row.items() if k not in (".id", "password")},
                "disabled": row["disabled"] == "true",
                "comment": row.get("comment", ""),
                "is_online": row["name"] in found.sessions,
                "cpe_on": row["name"] not in found.switched_off_cpes,
            }
            for row in found.tables["/ppp/secret"]
        ]

    def _active(self, router: str) -> list[dict[str, Any]]:
        return [
            {
                **session.active,
                "rx_bytes": session.rx_bytes,
                "tx_bytes": session.tx_bytes,
                "rate_limit": session.rate_limit,
            }
            for session in self._router(router).sessions.values()
        ]

    def _profiles(self, router: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self._router(router).tables["/ppp/profile"]]

    def _rows(self, router: str, menu: str) -> list[dict[str, Any]]:
        return [
            {name: value for name, value in row.items() if name != "password"}
            for row in self._router(router).tables[menu]
        ]

    def _add_row(self, router: str, menu: str, columns: dict[str, str]) -> None:
        found = self._router(router)
        found.add(menu, _dashed(columns))
        self._note(found, f"{menu}/add", _told(columns))

    def _edit_row(
        self, router: str, menu: str, where: dict[str, str], columns: dict[str, str]
    ) -> None:
        found = self._router(router)
        found.set(menu, _matching(found, menu, where), _dashed(columns))
        self._note(found, f"{menu}/set", _told(where))

    def _remove_row(self, router: str, menu: str, where: dict[str, str]) -> None:
        found = self._router(router)
        found.remove(menu, _matching(found, menu, where))
        self._note(found, f"{menu}/remove", _told(where))

    def _log(self, router: str, limit: int = 200) -> list[dict[str, Any]]:
        return [asdict(entry) for entry in islice(reversed(self._router(router).log), limit)]

    def _clear_log(self, router: str) -> None:
        self._router(router).log.clear()

    async def _set_offline(self, router: str, is_offline: bool) -> None:
        self._router(router)
        await self._ports[router].set_offline(is_offline)

    def _reboot(self, router: str) -> None:
        found = self._router(router)
        found.reboot()
        self._ports[router].drop_connections()
        self._note(found, "/system/reboot", "")

    async def _factory_reset(self, router: str) -> None:
        self._router(router).factory_reset()
        await self._ports[router].set_offline(False)

    def _reset_counters(self, router: str) -> None:
        found = self._router(router)
        found.reset_counters()
        self._note(found, "/interface/reset-counters", "")

    def _slow(self, router: str, seconds: float) -> None:
        self._router(router).slow_seconds = max(0.0, float(seconds))

    async def _fault(
        self,
        router: str,
        kind: str,
        command: str = "",
        times: int | None = None,
        seconds: float = 0.05,
    ) -> None:
        fault = Fault(kind=kind, command=command, times=times, seconds=float(seconds))
        self._router(router).faults.switch_on(fault)
        await self._ports[router].follow_faults()

    async def _clear_faults(self, router: str, kind: str = "") -> None:
        self._router(router).faults.switch_off(kind)
        await self._ports[router].follow_faults()

    def _kick(self, router: str, username: str) -> bool:
        found = self._router(router)
        if username not in found.sessions:
            return False
        found.hang_up(username, reason="reset")
        self._note(found, "/ppp/active/remove", f"name={username}")
        return True

    def _set_cpe(self, router: str, username: str, is_on: bool) -> None:
        self._router(router).set_cpe(username, is_on)

    def _add_secret(self, router: str, username: str, columns: dict[str, str]) -> None:
        found = self._router(router)
        found.add("/ppp/secret", {"name": username, **_dashed(columns)})
        self._note(found, "/ppp/secret/add", f"name={username}")

    def _edit_secret(self, router: str, username: str, columns: dict[str, str]) -> None:
        found = self._router(router)
        rows = found.tables["/ppp/secret"].chosen(username)
        found.set("/ppp/secret", rows, _dashed(columns))
        self._note(found, "/ppp/secret/set", f"name={username}")

    def _remove_secret(self, router: str, username: str) -> None:
        found = self._router(router)
        found.remove("/ppp/secret", found.tables["/ppp/secret"].chosen(username))
        self._note(found, "/ppp/secret/remove", f"name={username}")

    def _advance(self, seconds: float) -> None:
        clock = next(iter(self._ports.values())).router.clock
        for port in self._ports.values():
            port.router.settle()
        clock.advance(float(seconds))
        for port in self._ports.values():
            port.router.settle()

    def _hold_clock(self) -> None:
        next(iter(self._ports.values())).router.clock.hold()

    def _truth(self, router: str) -> dict[str, Any]:
        found = self._router(router)
        return {
            "carried": found.truth.carried,
            "lost": found.truth.lost,
            "unread": {name: list(size) for name, size in found.unread().items()},
            "now": found.clock.now(),
        }

    def _note(self, router: VirtualRouter, command: str, arguments: str) -> None:
        router.log.append(
            LogEntry(
                at=router.clock.moment().isoformat(timespec="milliseconds"),
                user="console",
                address="",
                command=command,
                arguments=arguments,
                result="done",
            )
        )


def _matching(router: VirtualRouter, menu: str, where: dict[str, str]) -> list[Row]:
    """Return the rows with these values; raises ValueError when there is none."""
    wanted = _dashed(where).items()
    rows = [
        row for row in router.tables[menu] if all(row.get(name) == value for name, value in wanted)
    ]
    if not rows:
        raise ValueError(f"no such row in {menu}")
    return rows


def _told(columns: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in columns.items() if name != "password")


def _dashed(columns: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in columns.items()}
