"""A mailbox of ours on an IMAP server of another author, and mail put into it."""

import imaplib
import socket
import subprocess
import sys
import time

import pytest

from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.tickets import SATURDAY
from tests.tickets.mails import SUPPORT
from tickets.models import Category, Mailbox
from tickets.services import founding, mail_fetching, mailboxes

USER, PASSWORD = "support", "a secret of the mailbox"


# Its half a million rounds over a password are half a second of each sign-in.
QUICK = """
from pysasl.hashing import BuiltinHash
BuiltinHash.__init__.__kwdefaults__["rounds"] = 1
from pymap.main import main
main()
"""


@pytest.fixture(scope="module")
def server():
    """Pymap with one mailbox in memory: (host, port)."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-c",
        QUICK,
        "--no-tls",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "dict",
        "--demo-user",
        USER,
        "--demo-password",
        PASSWORD,
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **quiet) as process:
        for _try in range(1200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield "127.0.0.1", port
        process.terminate()


@pytest.fixture
def box(server):
    """A mailbox of ours on it, read once, so that what comes now is new."""
    founding.lay()
    host, port = server
    values = {
        "address": SUPPORT,
        "host": host,
        "port": port,
        "security": "NONE",
        "username": USER,
        "folder": "INBOX",
        "category": Category.objects.get(code="other"),
        "is_active": True,
    }
    row = mailboxes.save(
        row=Mailbox(),
        values=values,
        password=PASSWORD,
        act=Act(UserFactory(role="OWNER"), SATURDAY),
    )
    assert mailboxes.test(row=row) == ""
    mail_fetching.fetch_all(act=Act(None, SATURDAY))
    return row


@pytest.fixture
def deliver(server):
    """Put mails into the mailbox, as a mail server would."""

    def put(*raws):
        line = imaplib.IMAP4(*server, timeout=10)
        line.login(USER, PASSWORD)
        for raw in raws:
            state, _data = line.append("INBOX", None, None, raw)
            assert state == "OK"
        line.logout()

    return put


@pytest.fixture
def amina():
    return CustomerFactory(name="Amina Begum", email="amina@mail.test")
