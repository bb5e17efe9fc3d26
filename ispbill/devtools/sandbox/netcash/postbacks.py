"""Postbacks: posted form-encoded and unsigned to the address in the merchant's profile."""

import http.client
import ipaddress
import queue
import threading
import time
from urllib.parse import urlencode, urlsplit

from ispbill.devtools.sandbox.netcash.world import World

_SECONDS = 10.0
KEPT = 50


class Postman:
    """Posts in a thread of its own: the shop may ask us something before it answers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._queue: queue.Queue[dict[str, str] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self, form: dict[str, str], *, is_forged: bool = False) -> None:
        """Send a form as the switches say: not at all, later, or twice. A forger asks nobody."""
        world = self._world
        if is_forged:
            self._queue.put(form)
            return
        if not world.switch("sends_postbacks"):
            return
        for _time in range(2 if world.switch("doubles_postbacks") else 1):
            if world.switch("holds_postbacks"):
                world.state["held"].append(form)
            else:
                self._queue.put(form)

    def let_go(self) -> int:
        """Send what was held; return how many."""
        held: list[dict[str, str]] = self._world.state["held"]
        self._world.state["held"] = []
        for form in held:
            self._queue.put(form)
        return len(held)

    def settle(self, seconds: float = _SECONDS) -> bool:
        """Wait until nothing is on its way; False when that took too long."""
        give_up = time.monotonic() + seconds
        with self._queue.all_tasks_done:
            while self._queue.unfinished_tasks:
                left = give_up - time.monotonic()
                if left <= 0:
                    return False
                self._queue.all_tasks_done.wait(left)
        return True

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join(_SECONDS)

    def _run(self) -> None:
        while True:
            form = self._queue.get()
            try:
                if form is None:
                    return
                outcome = _post(str(self._world.state["profile"]["postback_url"]), form)
                with self._world.changing() as state:
                    entry = {"reference": form["AccountRef"], "outcome": outcome}
                    entry["status"] = form["MandateStatus"]
                    state["postbacks"] = [*state["postbacks"], entry][-KEPT:]
            finally:
                self._queue.task_done()


def _post(url: str, form: dict[str, str]) -> str:
    """Post to this machine only, and say what came of it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "http" or not _is_loopback(host):
            return "not sent: the address is not on this machine" if url else "not sent: no address"
        line = http.client.HTTPConnection(host, parts.port or 80, timeout=_SECONDS)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            line.request("POST", path, body=urlencode(form).encode(), headers=headers)
            return f"answered {line.getresponse().status}"
        finally:
            line.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        return f"failed: {type(error).__name__}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
