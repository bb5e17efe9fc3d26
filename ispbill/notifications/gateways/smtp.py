"""E-mail through the mail server of Django's EMAIL_* settings (RFC 5321)."""

import smtplib

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
            headers={"X-Message-Ref": message.id, "Auto-Submitted": "auto-generated"},
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
