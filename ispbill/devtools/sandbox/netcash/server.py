"""The simulated Netcash's HTTP side.

`POST /NIWS/NIWS_NIF.svc` and `/NIWS/NIWS_Validation.svc` (SOAP 1.1), `GET|POST /mandate/<id>`
(the page a customer signs on), and `GET|POST /control` (JSON, for its owner). Address, token and
the merchant's service keys are written to `<directory>/netcash.json`.
"""

import hmac
import json
import os
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ispbill.devtools.sandbox.http_lines import Exchange, Line
from ispbill.devtools.sandbox.netcash import (
    control,
    envelopes,
    mandates,
    pages,
    services,
    signatures,
)
from ispbill.devtools.sandbox.netcash.postbacks import Postman
from ispbill.devtools.sandbox.netcash.world import CALLS_KEPT, World

ADDRESS_FILE = "netcash.json"
MOST_BYTES = 20_000_000
_PATHS = {"/niws/niws_nif.svc": signatures.NIF, "/niws/niws_validation.svc": signatures.VALIDATION}
_XML = "text/xml; charset=utf-8"
_HTML = "text/html; charset=utf-8"


class NetcashServer(Exchange):
    """The service; `close` stops it and removes its address, its state stays."""

    # The state's directory guards against a second server; the port may still be in TIME_WAIT.
    allow_reuse_address = True

    def __init__(
        self, directory: Path, today: Callable[[], date], *, port: int, postback_url: str
    ) -> None:
        self.world = World(directory, today)
        self.token = secrets.token_urlsafe(24)
        # The same port as before if it is free: links to sign at are already with customers.
        try:
            super().__init__(("127.0.0.1", port or int(self.world.state["port"])), _Handler)
        except OSError:
            if port:
                raise
            super().__init__(("127.0.0.1", 0), _Handler)
        with self.world.changing() as state:
            state["port"] = self.server_address[1]
            if postback_url:
                state["profile"]["postback_url"] = postback_url
        self.postman = Postman(self.world)
        self._address = directory / ADDRESS_FILE
        self._write_address()
        self.start()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def address(self) -> dict[str, Any]:
        """Host, port, the owner's token and the merchant's keys, as in the address file."""
        return {
            "host": "127.0.0.1",
            "port": self.server_address[1],
            "token": self.token,
            "keys": dict(self.world.state["keys"]),
        }

    def close(self) -> None:
        super().close()
        self.postman.close()
        self._address.unlink(missing_ok=True)

    def _write_address(self) -> None:
        fresh = self._address.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self.address, file)
        fresh.replace(self._address)


def serve(
    directory: Path,
    *,
    today: Callable[[], date] | None = None,
    port: int = 0,
    postback_url: str = "",
) -> NetcashServer:
    """Start the simulator in threads of this process; stop it with `.close()`.

    `today` is asked at every request; without it the machine's date (UTC) counts. Without a
    `postback_url` the merchant's profile keeps the one it has.
    """
    day = today or (lambda: datetime.now(UTC).date())
    return NetcashServer(directory, day, port=port, postback_url=postback_url)


class _Handler(Line):
    server: NetcashServer
    most_bytes = MOST_BYTES

    def do_POST(self) -> None:
        body = self.body()
        path = urlsplit(self.path).path
        if body is None:
            return self.answer(413, b"too large", _HTML)
        contract = _PATHS.get(path.lower())
        if contract:
            return self._soap(contract, body)
        if path.startswith("/mandate/"):
            return self._sign(path, body)
        if path == "/control" and self._may_enter():
            return self._control(body)
        return self.answer(404, b"not found", _HTML)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/mandate/"):
            with self.server.world.reading():
                mandate = mandates.find(self.server.world, path.rpartition("/")[2])
                page = pages.mandate(mandate) if mandate else pages.not_found()
            return self.answer(200 if mandate else 404, page, _HTML)
        if path == "/control" and self._may_enter():
            # A page that is itself awaited by the shop must not wait for the shop's answer.
            is_settled = self.server.postman.settle(10.0 if "wait" in self.path else 0.0)
            picture = control.picture(self.server.world) | {"is_settled": is_settled}
            return self.answer(200, json.dumps(picture).encode())
        return self.answer(404, b"not found", _HTML)

    def do_DELETE(self) -> None:
        if urlsplit(self.path).path != "/control" or not self._may_enter():
            return self.answer(404, b"not found", _HTML)
        self.server.world.clear()
        return self.answer(200, b"{}")

    def _soap(self, contract: str, body: bytes) -> None:
        action = self.headers.get("SOAPAction", "")
        method = action.strip('"').rpartition("/")[2]
        world = self.server.world
        if world.uses_up("server_errors", method):
            return self.answer(500, b"<html><body>Server Error</body></html>", _HTML)
        if world.uses_up("html_answers", method):
            return self.answer(200, b"<html><body>Maintenance</body></html>", _HTML)
        if not self.headers.get("Content-Type", "").lower().startswith("text/xml"):
            return self.answer(415, b"unsupported media type", _HTML)
        status, answer = 200, b""
        try:
            method, asked = envelopes.read(body, action, contract)
            with world.changing() as state:
                answer = services.serve(world, contract, method, asked, self.server.base_url)
                entry = {"day": world.today.isoformat(), "method": method}
                entry["reference"] = asked.get("AccountReference", asked.get("FileToken", ""))
                state["calls"] = [*state["calls"], entry][-CALLS_KEPT:]
        except envelopes.Fault as error:
            status, answer = 500, envelopes.fault(error.code, error.words)
        if world.uses_up("lost_answers", method):
            self.close_connection = True
            return None
        if world.uses_up("cut_answers", method):
            return self.answer(status, answer[: len(answer) // 2], _XML, promised=len(answer))
        return self.answer(status, answer, _XML)

    def _sign(self, path: str, body: bytes) -> None:
        world = self.server.world
        form = {
            name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()
        }
        with world.changing():
            mandate = mandates.find(world, path.rpartition("/")[2])
            if mandate is None:
                return self.answer(404, pages.not_found(), _HTML)
            if form.get("act") == "sign":
                problem = mandates.sign(world, mandate, form)
            else:
                problem = mandates.close(mandate, mandates.DECLINED, "Declined by the customer")
            if not problem:
                self.server.postman.send(mandates.postback(mandate))
            page = pages.mandate(mandate, problem)
        return self.answer(422 if problem else 200, page, _HTML)

    def _control(self, body: bytes) -> None:
        try:
            order = json.loads(body)
            if not isinstance(order, dict):
                raise control.Refused("An object is needed.")
            done = control.act(self.server.world, self.server.postman, order)
        except (ValueError, TypeError, control.Refused) as error:
            refusal = json.dumps({"error": str(error)}).encode()
            return self.answer(400, refusal)
        return self.answer(200, json.dumps(done).encode())

    def _may_enter(self) -> bool:
        given = self.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self.server.token}".encode())
