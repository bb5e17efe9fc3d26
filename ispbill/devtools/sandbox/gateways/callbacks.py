"""Calling merchants back: a worker thread that posts what is due and tries again when it fails."""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

from ispbill.devtools.sandbox.gateways.store import Record, Store

RETRY_SECONDS = (5, 15, 60, 300, 900)
ANSWER_SECONDS = 15.0
_LOOK_SECONDS = 3600.0


class Callbacks:
    """The server-to-server messages, kept in the store until the merchant answered 2xx."""

    def __init__(self, store: Store, stopping: threading.Event) -> None:
        self._store = store
        self._stopping = stopping
        self._news = threading.Condition()
        self._posting = ThreadPoolExecutor(max_workers=8, thread_name_prefix="callback")
        self._under_way: set[int] = set()
        self._thread = threading.Thread(target=self._work, name="callbacks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        with self._news:
            self._news.notify_all()
        self._thread.join()
        self._posting.shutdown(wait=True, cancel_futures=True)

    def later(
        self,
        *,
        session: str,
        url: str,
        fields: dict[str, str],
        seconds: float = 0,
        kind: str = "IPN",
    ) -> int:
        """Post the fields after so many seconds, then again until it is taken."""
        number = self._store.add_callback(
            session=session, kind=kind, url=url, fields=fields, due=time.time() + seconds
        )
        with self._news:
            self._news.notify_all()
        return number

    def now(
        self, *, session: str, url: str, fields: dict[str, str], times: int = 1, kind: str = "IPN"
    ) -> list[int | str]:
        """Post at once, so many times at the same moment, never again; return each status, or the
        name of the error."""
        numbers = [
            self._store.add_callback(session=session, kind=kind, url=url, fields=fields, due=None)
            for _ in range(times)
        ]
        barrier = threading.Barrier(times)

        def one(number: int) -> int | str:
            barrier.wait()
            answer = post(url, fields)
            self._store.answered(number, answer=str(answer), due=None)
            return answer

        with ThreadPoolExecutor(max_workers=times) as crowd:
            return list(crowd.map(one, numbers))

    def _work(self) -> None:
        while not self._stopping.is_set():
            for callback in self._store.due_callbacks(time.time()):
                if callback["number"] not in self._under_way:
                    self._under_way.add(callback["number"])
                    self._posting.submit(self._deliver, callback)
            with self._news:
                if not self._stopping.is_set():
                    self._news.wait(self._pause())

    def _pause(self) -> float:
        due = self._store.next_due()
        if due is None:
            return _LOOK_SECONDS
        wait = due - time.time()
        # Those under way are due still; their delivery says when it is over.
        return wait if wait > 0 else (1.0 if self._under_way else 0.01)

    def _deliver(self, callback: Record) -> None:
        answer = post(callback["url"], callback["fields"])
        taken = isinstance(answer, int) and 200 <= answer < 300
        tries = int(callback["tries"])
        due = None
        if not taken and tries < len(RETRY_SECONDS):
            due = time.time() + RETRY_SECONDS[tries]
        self._store.answered(callback["number"], answer=str(answer), due=due)
        self._under_way.discard(callback["number"])
        with self._news:
            self._news.notify_all()


def post(url: str, fields: dict[str, str]) -> int | str:
    """Post a form; return the HTTP status, or the name of the error."""
    place = urlsplit(url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    try:
        line = kind(place.hostname or "", place.port, timeout=ANSWER_SECONDS)
        try:
            line.request(
                "POST",
                place.path + (f"?{place.query}" if place.query else "") or "/",
                body=urlencode(fields),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
            response = line.getresponse()
            response.read()
            return response.status
        finally:
            line.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        return type(error).__name__
