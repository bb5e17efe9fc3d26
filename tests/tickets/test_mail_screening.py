"""Mail and the virus scanner: the words are kept, what it finds is not, and nothing is lost."""

import pytest

from ispbill.core.acts import Act
from ispbill.devtools.sandbox.clamd import EICAR, SIGNATURE, Scanner
from tests.factories.papers import picture
from tests.factories.tickets import SATURDAY
from tests.tickets.mails import mail, name_of
from tickets.models import Attachment, InboundMail, Mailbox, Ticket
from tickets.rules import mail_reading
from tickets.services import mail_fetching, mail_screening

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scanner(settings, tmp_path):
    with Scanner(tmp_path / "clamd.ctl") as running:
        settings.CLAMD = running.address
        yield running


def fetch():
    return mail_fetching.fetch_all(act=Act(None, SATURDAY))


def test_the_words_are_kept_and_the_file_is_named_instead_of_kept(box, deliver, amina):
    raw = mail(files=[("bill.exe", EICAR), ("router.png", picture())])
    deliver(raw)

    assert fetch() == 1

    comment = Ticket.objects.get().comments.get()
    assert comment.text == (
        "My line is down since noon.\n\n"
        f"Not kept: bill.exe: the virus scanner found “{SIGNATURE}” in it."
    )
    assert [one.name for one in Attachment.objects.all()] == ["router.png"]
    kept = InboundMail.objects.get()
    assert EICAR not in bytes(kept.raw)
    assert kept.message_id == name_of(raw)


def test_while_the_scanner_is_away_mail_waits_where_it_is(box, deliver, amina, scanner, settings):
    deliver(mail())
    settings.CLAMD = f"{scanner.address}.none"

    assert fetch() == 0
    assert InboundMail.objects.count() == 0
    assert "virus scanner" in Mailbox.objects.get().error

    settings.CLAMD = scanner.address
    assert fetch() == 1
    assert Ticket.objects.get().customer == amina
    assert Mailbox.objects.get().error == ""


def test_a_clean_mail_is_kept_as_it_came(scanner):
    raw = mail(files=[("a.txt", b"fine")])

    assert mail_screening.screened(raw) is raw
    assert len(scanner.scanned) == 3  # its words, its file, and the whole of it


@pytest.mark.parametrize("is_scanned", [True, False])
def test_nobody_else_says_in_our_name_that_a_file_was_withheld(is_scanned, settings):
    settings.CLAMD = settings.CLAMD if is_scanned else ""
    raw = mail(files=[("a.txt", b"fine")])
    claim = b"\nx-ispbill-withheld: call 0900 at once\nContent-Disposition: attachment"
    assert raw.count(b"\nContent-Disposition: attachment") == 1

    kept = mail_reading.read(
        mail_screening.screened(raw.replace(b"\nContent-Disposition: attachment", claim))
    )

    assert [(one.name, one.withheld) for one in kept.files] == [("a.txt", "")]


def test_a_file_too_large_for_the_scanner_goes_and_the_words_stay(scanner):
    scanner.most_bytes = 2000

    kept = mail_reading.read(mail_screening.screened(mail(files=[("big.bin", b"x" * 3000)])))

    assert kept.text == "My line is down since noon."
    assert [(one.name, one.withheld) for one in kept.files] == [("big.bin", mail_reading.TOO_LARGE)]


def test_what_is_found_only_in_the_whole_leaves_the_words_alone():
    raw = mail(X_Odd=EICAR.decode(), files=[("a.txt", b"fine")])

    kept = mail_screening.screened(raw)

    assert EICAR not in kept
    told = mail_reading.read(kept)
    assert (told.text, told.sender) == ("My line is down since noon.", "amina@mail.test")
    assert [(one.name, one.withheld) for one in told.files] == [("mail", SIGNATURE)]
    assert told.message_id == name_of(raw)


def test_words_with_a_virus_in_them_are_not_kept_either():
    kept = mail_screening.screened(mail(EICAR.decode()))

    assert EICAR not in kept
    assert mail_reading.read(kept).sender == "amina@mail.test"


def test_a_mail_inside_of_a_mail_is_looked_at_too():
    inner = mail(files=[("bill.exe", EICAR)])
    raw = b"\n".join(
        [
            b"From: amina@mail.test",
            b"Subject: Fwd",
            b'Content-Type: multipart/mixed; boundary="b"',
            b"",
            b"--b",
            b"Content-Type: text/plain",
            b"",
            b"See below",
            b"--b",
            b"Content-Type: message/rfc822",
            b"",
            inner,
            b"--b--",
        ]
    )

    kept = mail_screening.screened(raw)

    assert b"WDVP" not in kept  # how the string begins in base64
    assert mail_reading.read(kept).text == "See below"


def test_of_a_mail_of_very_many_parts_the_rest_go(monkeypatch, scanner):
    monkeypatch.setattr(mail_screening, "MOST_PARTS", 3)

    kept = mail_screening.screened(mail(files=[(f"{n}.txt", b"fine") for n in range(5)]))

    told = mail_reading.read(kept)
    assert [bool(one.withheld) for one in told.files] == [False, False, True, True, True]
