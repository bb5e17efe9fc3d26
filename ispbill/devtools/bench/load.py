"""Several visitors at once against a real gunicorn with two sync workers."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from django.conf import settings

from ispbill.devtools.bench import children, visitors
from ispbill.devtools.bench.measure import percentile
from ispbill.devtools.bench.visitors import Page

CLIENTS, WORKERS = 8, 2
SECONDS, WARM_UP = 6.0, 1.5
_START_SECONDS = 40.0


def run(database: str, pages: dict[str, Page]) -> dict[str, dict[str, Any]]:
    """Return requests a second and the milliseconds of each page, `CLIENTS` sessions at a time."""
    arguments = ["ispbill.wsgi", "--workers", str(WORKERS), "--worker-class", "sync"]
    with served(database, [*arguments, "--no-control-socket"]) as port:
        return {name: _visited(port, page) for name, page in pages.items()}


@contextmanager
def served(database: str, arguments: list[str]) -> Iterator[int]:
    """Serve a bench database's pages by gunicorn for the block; yield the port."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"]
    command += ["--log-level", "error", *arguments]
    environment = children.environment(database)
    with subprocess.Popen(command, env=environment) as server:  # noqa: S603 - our own program
        try:
            _await(port)
            yield port
        finally:
            server.terminate()


def _visited(port: int, page: Page) -> dict[str, Any]:
    cookies = [visitors.cookie_of(page.visitor) for _client in range(CLIENTS)]
    for cookie in cookies:  # on a busy machine loading the program takes longer than the bench
        open_page(
            http.client.HTTPConnection("127.0.0.1", port, timeout=_START_SECONDS), page.url, cookie
        )
    times: list[float] = []
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_visit, args=(port, page.url, cookie, began, times))
        for cookie in cookies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not times:
        raise RuntimeError(f"{page.name} was never answered")
    return {
        "requests_a_second": round(len(times) / SECONDS, 1),
        "median_ms": round(1000 * median(times), 1),
        "p95_ms": round(1000 * percentile(times, 0.95), 1),
        "clients": CLIENTS,
        "load": round(os.getloadavg()[0], 2),
    }


def _visit(port: int, url: str, cookie: str, began: float, times: list[float]) -> None:
    """Open the page again and again; what is answered after the warm-up counts."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while True:
        start = time.perf_counter()
        if start > began + WARM_UP + SECONDS:
            break
        open_page(connection, url, cookie)  # connects anew where the server hung up
        if start > began + WARM_UP:
            times.append(time.perf_counter() - start)
    connection.close()


def open_page(connection: http.client.HTTPConnection, url: str, cookie: str) -> None:
    """Open a page as whoever has the cookie; raises RuntimeError if it is not shown."""
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}", "Connection": "keep-alive"}
    connection.request("GET", url, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{url} answers {answer.status}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _await(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                probe.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                if probe.recv(12).endswith(b"200"):
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the web server did not start")
