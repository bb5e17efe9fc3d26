"""Mail of the last days: two customers have written, a stranger waits, a robot does not count."""

from datetime import datetime, timedelta
from email.message import EmailMessage

from customers.models import Customer
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground
from ispbill.notifications.models import Bounce
from tickets.models import Category, InboundMail, Mailbox
from tickets.rules import mail_reading
from tickets.services import mail_sorting, mailboxes

ADDRESS = "support@demo.test"
_SENT = (
    ("Amina Begum", "No internet since noon", "Since noon the red lamp is on.\n-- \nAmina", ""),
    ("", "Invoice of last month", "Please send me the bill of last month once more.", ""),
    ("Farid", "Do you serve Road 27?", "I live in Banani, Road 27. What does 30 Mbps cost?", "x"),
    ("Web shop", "Summer sale", "Everything must go.", "Precedence: bulk"),
)


def arrive(*, base: Ground, now: datetime) -> None:
    """Set a mailbox up, switched off because nobody listens there, and sort what has come."""
    box = mailboxes.save(
        row=Mailbox(),
        values={
            "address": ADDRESS,
            "host": "mail.demo.test",
            "port": 993,
            "security": Mailbox.Security.TLS,
            "username": "support",
            "folder": "INBOX",
            "category": Category.objects.get(code="other"),
            "is_active": False,
        },
        password="demo",  # noqa: S106 - of a server that does not exist
        act=Act(base.owner, now - timedelta(days=3)),
    )
    customers = list(Customer.objects.exclude(email="").filter(archived_at=None).order_by("pk")[:2])
    for place, (name, subject, text, mark) in enumerate(_SENT):
        if not mark and place >= len(customers):
            continue
        sender = f"stranger{place}@mail.test" if mark else customers[place].email
        _come(
            box, place, _raw(name, sender, subject, text, mark), at=now - timedelta(hours=9 - place)
        )
    mail_sorting.sort_new(act=Act(None, now - timedelta(hours=5)))
    Bounce.objects.create(
        address=customers[-1].email.lower(),
        status="5.1.1",
        reason="The mailbox does not exist",
        is_final=True,
        bounced_at=now - timedelta(days=2),
    )


def _raw(name: str, sender: str, subject: str, text: str, mark: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"{name} <{sender}>" if name else sender
    mail["To"], mail["Subject"] = ADDRESS, subject
    header, _colon, value = mark.partition(": ")
    if value:
        mail[header] = value
    mail.set_content(text)
    return mail.as_bytes()


def _come(box: Mailbox, place: int, raw: bytes, *, at: datetime) -> None:
    read = mail_reading.read(raw)
    InboundMail.objects.create(
        mailbox=box,
        uid_validity=1,
        uid=place + 1,
        message_id=f"demo-{place}@mail.test",
        sender=read.sender,
        sender_name=read.name,
        subject=read.subject,
        size=len(raw),
        raw=raw,
        received_at=at,
    )
