"""E-mails as people and machines write them."""

from email.message import EmailMessage
from email.utils import make_msgid

SUPPORT = "support@demo.test"


def mail(
    text="My line is down since noon.",
    *,
    sender="Amina Begum <amina@mail.test>",
    to=SUPPORT,
    subject="No internet",
    html="",
    files=(),
    **headers,
):
    """Return a whole mail as bytes; `files` are (name, content)."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = headers.pop("message_id", None) or make_msgid(domain="mail.test")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if text:
        message.set_content(text)
    if html and text:
        message.add_alternative(html, subtype="html")
    elif html:
        message.set_content(html, subtype="html")
    for name, content in files:
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )
    return message.as_bytes()


def name_of(raw):
    """Return a mail's Message-ID without brackets."""
    line = next(one for one in raw.splitlines() if one.lower().startswith(b"message-id:"))
    return line.partition(b":")[2].strip().strip(b"<>").decode()


def bounce(recipient, ref, status="5.1.1"):
    """Return a report of delivery (RFC 3464) about one message of ours."""
    return (
        f"From: MAILER-DAEMON@mx.mail.test\r\nTo: {SUPPORT}\r\nSubject: Undelivered\r\n"
        f"Message-ID: {make_msgid(domain='mx.mail.test')}\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.mail.test\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{ref}>\r\n\r\n--b--\r\n"
    ).encode()
