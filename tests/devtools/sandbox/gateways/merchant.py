"""A merchant's web site that keeps what gateways post to it, and talk as a merchant would."""

import json
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode


class Merchant:
    """Answers posts with `status`, and keeps their path and fields in `heard`."""

    def __init__(self):
        self.heard = []
        self.status = 200
        self._news = threading.Condition()
        merchant = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.send_response(merchant.status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                with merchant._news:
                    merchant.heard.append((self.path, dict(parse_qsl(body, True))))
                    merchant._news.notify_all()

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self, count, seconds=10):
        """Return what was posted, once it is so many."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.heard) >= count, seconds), self.heard
            return list(self.heard)


def until(true, looks=1000):
    """Look until it is true, so often at most: a busy machine is slow, and not wrong."""
    for _look in range(looks):
        if found := true():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def call(url, *, form=None, body=None, raw=None, headers=None, seconds=5):
    """Return status and raw answer of a GET, or of a POST of a form, of JSON or of raw bytes."""
    data = raw
    sent = dict(headers or {})
    if form is not None:
        data = urlencode(form).encode()
    if body is not None:
        data, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
    request = urllib.request.Request(url, data, sent)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
