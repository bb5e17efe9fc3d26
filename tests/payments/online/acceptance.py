"""What the thirty cases are made of: an attempt nobody paid, one that was, ways to lie about
them."""

import contextlib
import socket
import ssl
import subprocess
import threading
from decimal import Decimal
from urllib.parse import urlsplit

from billing.ledger.models import JournalEntry
from ispbill.audit.models import AuditEvent
from payments.online.models import GatewayAccount, GatewayCallback, PaymentAttempt
from tests.factories.customers import CustomerFactory

SIGNS = ("verify_sign", "verify_sign_sha2", "verify_key")
NOTICE = "/pay/gateways/sslcommerz/ipn/"
NOBODY = "http://127.0.0.1:9/"


class Scene:
    """`attempt` waits unpaid; `other`, of another customer, was paid and `genuine` says so."""

    def __init__(self, shop, folder):
        self.shop, self.folder = shop, folder
        self.attempt = self.watched = shop.start("777.00")
        self.other = shop.start("1150.00", customer=CustomerFactory())
        shop.press(self.other, "success")
        self.genuine = shop.notices(self.other)[0]
        self.mark()

    def mark(self):
        """From here on is what the case asks about."""
        self._held = self._gateway_holds()
        self._entries = JournalEntry.objects.filter(source_type="payment").count()
        self._event = max(AuditEvent.objects.values_list("pk", flat=True), default=0)

    def watch(self, attempt):
        self.watched = attempt
        return attempt

    def notify(self, fields, **changes):
        return self.shop.notify(fields, **changes)

    def tell(self, fields):
        """The genuine notice about `other`, altered on the way; it is worked off."""
        self.watch(self.other)
        return self.notify({**self.genuine, **fields})

    def signed(self, attempt, **fields):
        """Return fields the gateway itself has signed, whatever they say."""
        self.shop.desk.call_back(key=attempt.session_key, url=NOBODY, fields=fields, is_signed=True)
        return self.shop.desk.callbacks(attempt.session_key)[0]["fields"]

    def answers(self, **fields):
        """`other` is told of as it was paid, but the validation answers otherwise, once."""
        self.shop.desk.fault("sslcommerz", "override", fields=fields, times=1)
        return self.tell({})

    def settled(self, attempt, *, button="success"):
        """Somebody pays an attempt and the notice comes."""
        self.shop.press(attempt, button)
        return self.notify(self.shop.notices(attempt)[0])

    # --- what came of it ----------------------------------------------------------------------

    def earned(self):
        """What the gateway holds more for us by the books, and how many entries that took."""
        entries = JournalEntry.objects.filter(source_type="payment").count()
        return self._gateway_holds() - self._held, entries - self._entries

    def state(self):
        return PaymentAttempt.objects.get(pk=self.watched.pk).state

    def kept(self):
        """What was made of the latest message; "" when none was kept."""
        row = GatewayCallback.objects.order_by("pk").last()
        return row.state if row else ""

    def events(self):
        """What the audit trail says became of attempts and messages, in order."""
        found = AuditEvent.objects.filter(pk__gt=self._event).exclude(action="attempt.started")
        names = found.order_by("pk").values_list("action", flat=True)
        return tuple(name for name in names if name.startswith(("attempt.", "gateway.")))

    def _gateway_holds(self):
        return self.shop.held_by_gateway() or Decimal(0)


def unsigned(fields):
    return {name: value for name, value in fields.items() if name not in SIGNS}


def folded(genuine, claims):
    """Return a forgery made of one genuine notice, which every payer's browser carries.

    The signature is over `name=value` joined with `&`, unescaped, sorted, over names the sender
    lists. So the whole signed text is folded into the names of two fields, one on each side of the
    password's place; every name that money depends on is free again, and says what is claimed.
    """
    names = genuine["verify_key"].split(",")
    forged = dict(claims)
    keys = []
    for side in (
        sorted(name for name in names if name < "store_passwd"),
        sorted(name for name in names if name > "store_passwd"),
    ):
        *rest, last = side
        key = "&".join([*(f"{name}={genuine[name]}" for name in rest), last])
        keys.append(key)
        forged[key] = genuine[last]
    signs = {name: genuine[name] for name in SIGNS}
    return forged | signs | {"verify_key": ",".join(keys)}


class UntrustedDoor:
    """The gateway behind TLS with a certificate nobody vouches for; `hears` counts handshakes."""

    def __init__(self, base_url, folder):
        self._folder, self._gateway = folder, urlsplit(base_url)
        self.begun = self.finished = 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate())
        self._context = context
        self._server = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"https://127.0.0.1:{self._server.getsockname()[1]}{self._gateway.path}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self):
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(10)

    def _certificate(self):
        key, both = self._folder / "key.pem", self._folder / "both.pem"
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=127.0.0.1",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                str(key),
                "-out",
                str(both),
            ],
            check=True,
            capture_output=True,
        )
        self.certificate = str(both)
        whole = self._folder / "whole.pem"
        whole.write_text(both.read_text() + key.read_text())
        return str(whole)

    def _listen(self):
        while True:
            try:
                client, _address = self._server.accept()
            except OSError:
                return
            with client, contextlib.suppress(OSError):
                self.begun += 1
                with self._context.wrap_socket(client, server_side=True) as line:
                    self._pass_on(line)

    def _pass_on(self, line):
        """One question and its answer: nobody asks twice on one line."""
        asked = line.recv(65_536)
        self.finished += 1
        place = (self._gateway.hostname, self._gateway.port)
        with socket.create_connection(place, timeout=10) as gateway:
            gateway.sendall(asked.replace(b"keep-alive", b"close"))
            while answer := gateway.recv(65_536):
                line.sendall(answer)


def move(account, base_url):
    GatewayAccount.objects.filter(pk=account.pk).update(base_url=base_url)
