"""The HTTP side all simulated gateways share: reading calls, striking faults, writing answers."""

import json
from dataclasses import replace
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ispbill.devtools.sandbox.gateways import own_page
from ispbill.devtools.sandbox.gateways.faults import REFUSALS, SILENT_SECONDS, SLOW_SECONDS, Fault
from ispbill.devtools.sandbox.gateways.world import Asked, Gateway, Refused, World
from ispbill.devtools.sandbox.http_lines import Exchange, Line

_SECRET = {
    "store_passwd", "password", "app_secret", "app_key", "id_token", "refresh_token",
    "sensitiveData", "signature",
}  # fmt: skip
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class GatewayServer(Exchange):
    """One gateway on its port."""

    request_queue_size = 128

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway
        place = world.addresses[gateway.name]
        super().__init__((place["host"], place["port"]), _Handler)


class Reader(Line):
    """What gateways and the control desk have in common."""

    def read(self) -> Asked | None:
        """Return what was asked, None when its body cannot be read (`Line.body`)."""
        body = self.body()
        if body is None:
            return None
        place = urlsplit(self.path)
        asked = Asked(
            path=unquote(place.path),
            query=_flat(place.query),
            form={},
            json=None,
            headers=self.headers,
        )
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            return replace(asked, form=_parts(kind, body))
        if "json" in kind:
            try:
                content = json.loads(body)
            except ValueError:
                content = None
            return replace(asked, json=content if isinstance(content, dict) else None)
        return replace(asked, form=_flat(body.decode("utf-8", "replace")))


class _Handler(Reader):
    server: GatewayServer

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        asked = self.read()
        if asked is None:
            return self.answer(413, b"{}")
        if asked.path.startswith("/page/"):
            return self._page(method, asked)
        gateway, world = self.server.gateway, self.server.world
        operation = gateway.operation(method, asked.path)
        if not operation:
            return self.answer(404, b'{"message":"Not Found"}')
        fault = world.faults.strike(gateway.name, operation)
        if fault and fault.kind == "slow":
            world.stopping.wait(fault.seconds or SLOW_SECONDS)
        if fault and fault.kind in REFUSALS:
            status, answer = _refusal(fault, gateway)
        else:
            status, answer = gateway.act(operation, asked)
        told = asked.query | asked.form | (asked.json or {})
        world.store.log(
            gateway.name,
            operation,
            {name: value for name, value in told.items() if name not in _SECRET},
            status,
            fault.kind if fault else _readable(answer),
        )
        return self._send(status, answer, fault)

    def _send(self, status: int, answer: Any, fault: Fault | None) -> None:
        kind = fault.kind if fault else ""
        if kind in {"lost_answer", "timeout"}:
            if fault and kind == "timeout":
                self.server.world.stopping.wait(fault.seconds or SILENT_SECONDS)
            self.close_connection = True
            return None
        if fault and kind == "override" and isinstance(answer, dict):
            answer = answer | fault.fields
        if kind == "wrong_types" and isinstance(answer, dict):
            answer = {name: [value] for name, value in answer.items()}
        raw = json.dumps(answer).encode()
        raw = {"html": _HTML, "empty": b"", "null": b"null", "truncated": raw[: len(raw) // 2]}.get(
            kind, raw
        )
        if kind in {"error_500", "maintenance", "html"}:
            return self.answer(status, _HTML, "text/html")
        return self.answer(status, raw)

    def _page(self, method: str, asked: Asked) -> None:
        """Our own hosted page, for when there is no /sim/gateway/ to send customers to."""
        world, gateway = self.server.world, self.server.gateway
        session = world.store.session(asked.path.removeprefix("/page/").rstrip("/"))
        if session is None or session.gateway != gateway.name:
            return self.answer(404, b"There is no such session.", "text/plain")
        if method == "GET":
            page = own_page.hosted(session, gateway.buttons(session))
            return self.answer(200, page, "text/html; charset=utf-8")
        try:
            leaving = gateway.press(session, asked.form.get("button", ""), asked.form)
        except Refused as error:
            return self.answer(409, str(error).encode(), "text/plain")
        if leaving.method == "GET":
            return self.answer(303, b"", "text/plain", Location=leaving.url)
        return self.answer(200, own_page.left(leaving), "text/html; charset=utf-8")


def _refusal(fault: Fault, gateway: Gateway) -> tuple[int, Any]:
    if fault.kind == "inactive":
        return gateway.inactive()
    if fault.kind == "refuse":
        return fault.status, fault.fields
    return (500 if fault.kind == "error_500" else 503), {}


def _readable(answer: Any) -> str:
    if isinstance(answer, dict):
        answer = {name: value for name, value in answer.items() if name not in _SECRET}
    return json.dumps(answer)


def _parts(kind: str, body: bytes) -> dict[str, str]:
    """Read a form of several parts, as merchants' Node clients send theirs."""
    whole = message_from_bytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body)
    found: dict[str, str] = {}
    for part in whole.walk():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = content.decode("utf-8", "replace")
    return found


def _flat(text: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
