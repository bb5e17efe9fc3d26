"""Where Django finds the models of the rooms; everybody else imports a room's own."""

import payments.bank.models
import payments.debits.models
import payments.online.models
import payments.prepaid.models
import payments.referrals.models  # noqa: F401
