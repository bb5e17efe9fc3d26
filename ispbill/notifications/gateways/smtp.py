"""E-mail through the mail server of Django's EMAIL_* settings (RFC 5321)."""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from ispbill.notifications.gateways.base import (
    Accepted,
    Outcome,
    Outgoing,
    Rejected,
    Retry,
    Unknown,
)


class SmtpGateway:
    """Send plain-text e-mail; a mail server delivers the same message twice if it is sent twice."""

    name = "smtp"
    dedupes = False

    def send(self, message: Outgoing) -> Outcome:
        mail = EmailMessage(
            subject=message.subject,
            body=message.body,
            to=[message.recipient],
            headers=_headers(message),
            reply_to=[message.reply_to] if message.reply_to else None,
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            permanent = all(code >= 500 for code in codes)
            return Rejected("No such mailbox") if permanent else Retry("Mailbox busy")
        except smtplib.SMTPServerDisconnected:
            return Unknown("The mail server hung up")
        except smtplib.SMTPResponseException as error:
            reason = f"{error.smtp_code}"
            return Rejected(reason) if error.smtp_code >= 500 else Retry(reason)
        except TimeoutError:
            return Unknown("The mail server did not answer")
        except (OSError, smtplib.SMTPException) as error:
            return Retry(type(error).__name__)
        return Accepted(ref=message.id)


def _headers(message: Outgoing) -> dict[str, str]:
    """Return what tells a mail of ours again: its own name, and the one it answers (RFC 5322).

    Answers to somebody are marked as RFC 3834 wants it, so that no machine answers them.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    is_answer = bool(message.reply_to)
    headers = {
        "X-Message-Ref": message.id,
        "Message-ID": f"<{message.id}@{domain}>",
        "Auto-Submitted": "auto-replied" if is_answer else "auto-generated",
    }
    if message.answers:
        headers["In-Reply-To"] = headers["References"] = f"<{message.answers}>"
    return headers
