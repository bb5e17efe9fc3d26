"""The control desk: every button without a browser, forged callbacks, faults. JSON over HTTP.

`GET /sessions?gateway=&reference=&before=&limit=` · `GET /session?key=` ·
`POST /press` {key, button, …} · `POST /callbacks` {key?, url?, fields?, is_signed?, times?} ·
`GET /calls?gateway=&operation=` · `GET|POST|DELETE /faults` ·
`GET|PUT /switches` · `POST /refund` {ref, state} · `POST /forget-tokens` · `DELETE /sessions`.
"""

import hmac
import json
from dataclasses import asdict, fields
from typing import Any, cast

from ispbill.devtools.sandbox.gateways.bkash import Bkash
from ispbill.devtools.sandbox.gateways.faults import KINDS, Fault
from ispbill.devtools.sandbox.gateways.http_side import Reader
from ispbill.devtools.sandbox.gateways.signing import signed
from ispbill.devtools.sandbox.gateways.store import Session
from ispbill.devtools.sandbox.gateways.world import Asked, Gateway, Refused, Switches, World
from ispbill.devtools.sandbox.http_lines import Exchange

MOST_TIMES = 200
REFUND_STATES = {"processing", "refunded", "cancelled"}


class ControlServer(Exchange):
    """The desk on its own port; whoever knows the token may do everything."""

    def __init__(self, world: World, gateways: dict[str, Gateway]) -> None:
        self.world = world
        self.gateways = gateways
        self.place = world.addresses["control"]
        super().__init__((self.place["host"], self.place["port"]), _Handler)


class _Handler(Reader):
    server: ControlServer

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def _serve(self, method: str) -> None:
        asked = self.read()
        given = self.headers.get("Authorization", "").encode()
        wanted = f"Bearer {self.server.place['token']}".encode()
        if asked is None or not hmac.compare_digest(given, wanted):
            self.close_connection = True
            return self._say(404, {"error": "not understood"})
        act = getattr(self, f"_{method.lower()}_{asked.path.strip('/').replace('-', '_')}", None)
        if act is None:
            return self._say(404, {"error": "not understood"})
        try:
            self._say(200, act(asked))
        except (Refused, ValueError, TypeError, KeyError) as error:
            self._say(400, {"error": str(error)})

    def _say(self, status: int, answer: object) -> None:
        self.answer(status, json.dumps(answer).encode())

    # --- sessions ---------------------------------------------------------------------------

    def _get_sessions(self, asked: Asked) -> dict[str, Any]:
        query = asked.query
        found = self.server.world.store.sessions(
            gateway=query.get("gateway", ""),
            reference=query.get("reference", ""),
            before=int(query.get("before", 0)),
            limit=min(500, int(query.get("limit", 50))),
        )
        return {"sessions": [asdict(one) for one in found]}

    def _get_session(self, asked: Asked) -> dict[str, Any]:
        store, session = self.server.world.store, self._session(asked.query.get("key", ""))
        charges = store.charges_of(session.key)
        buttons = self.server.gateways[session.gateway].buttons(session)
        return {
            "session": asdict(session),
            "charges": [asdict(one) for one in charges],
            "refunds": [
                refund
                for one in charges
                for refund in store.refunds_of(session.gateway, one.bank_ref)
            ],
            "callbacks": store.callbacks(session.key),
            "buttons": [asdict(one) for one in buttons],
        }

    def _delete_sessions(self, _asked: Asked) -> dict[str, Any]:
        self.server.world.store.clear()
        return {}

    def _post_press(self, asked: Asked) -> dict[str, Any]:
        told = dict(asked.json or {})
        session = self._session(str(told.pop("key", "")))
        gateway = self.server.gateways[session.gateway]
        return gateway.press(session, str(told.pop("button", "")), told).as_json()

    def _session(self, key: str) -> Session:
        session = self.server.world.store.session(key)
        if session is None:
            raise Refused("There is no such session.")
        return session

    # --- callbacks --------------------------------------------------------------------------

    def _get_callbacks(self, asked: Asked) -> dict[str, Any]:
        return {"callbacks": self.server.world.store.callbacks(asked.query.get("key", ""))}

    def _post_callbacks(self, asked: Asked) -> dict[str, Any]:
        """Post any fields to a merchant; with a key, to that session's ipn_url, over the fields of
        its last attempt (None takes one away)."""
        told, world = asked.json or {}, self.server.world
        url, key = str(told.get("url", "")), str(told.get("key", ""))
        content: dict[str, Any] = {}
        if key:
            session = self._session(key)
            url = url or str(session.asked.get("ipn_url", ""))
            charges = world.store.charges_of(key)
            content = dict(charges[-1].facts) if charges else {"tran_id": session.reference}
            content.pop("validated_on", None)
        content |= told.get("fields") or {}
        content = {name: str(value) for name, value in content.items() if value is not None}
        if told.get("is_signed", False):
            content = signed(content, password=world.addresses["sslcommerz"]["store_passwd"])
        times = min(MOST_TIMES, max(1, int(told.get("times", 1))))
        if not url:
            raise Refused("No address to post to.")
        answers = world.callbacks.now(
            session=key, url=url, fields=content, times=times, kind=str(told.get("kind", "forged"))
        )
        return {"answers": answers, "fields": content}

    # --- what merchants asked, and what goes wrong ------------------------------------------

    def _get_calls(self, asked: Asked) -> dict[str, Any]:
        query = asked.query
        rows = self.server.world.store.calls(
            gateway=query.get("gateway", ""),
            operation=query.get("operation", ""),
            limit=min(1000, int(query.get("limit", 100))),
        )
        return {"calls": rows}

    def _get_faults(self, _asked: Asked) -> dict[str, Any]:
        return {"faults": [asdict(one) for one in self.server.world.faults.all()], "kinds": KINDS}

    def _post_faults(self, asked: Asked) -> dict[str, Any]:
        fault = Fault(**(asked.json or {}))
        if fault.gateway not in self.server.gateways:
            raise ValueError(f"no such gateway: {fault.gateway}")
        return asdict(self.server.world.faults.add(fault))

    def _delete_faults(self, asked: Asked) -> dict[str, Any]:
        self.server.world.faults.clear(asked.query.get("gateway", ""))
        return {}

    def _get_switches(self, _asked: Asked) -> dict[str, Any]:
        return asdict(self.server.world.switches)

    def _put_switches(self, asked: Asked) -> dict[str, Any]:
        values, known = asked.json or {}, {one.name for one in fields(Switches)}
        if not set(values) <= known or not all(isinstance(one, int) for one in values.values()):
            raise ValueError("no such switch")
        for name, value in values.items():
            setattr(self.server.world.switches, name, value)
        return asdict(self.server.world.switches)

    def _post_refund(self, asked: Asked) -> dict[str, Any]:
        told = asked.json or {}
        if told.get("state") not in REFUND_STATES:
            raise ValueError("no such state")
        self.server.world.store.turn_refund(str(told.get("ref", "")), told["state"])
        return {}

    def _post_forget_tokens(self, _asked: Asked) -> dict[str, Any]:
        cast(Bkash, self.server.gateways["bkash"]).tokens.forget()
        return {}
