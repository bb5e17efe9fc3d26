"""What accounts tells the apps above; receivers run inside the transaction that sends."""

from django.dispatch import Signal

# A code was made for a known login: user, login, code (plain, to be sent and forgotten), purpose,
# expires_at, at.
one_time_code_issued = Signal()

# The codes of an hour are all sent, and nobody gets another: count, at.
codes_used_up = Signal()

# Staff let somebody choose a new password: user, link (plain, good once), expires_at, actor, at.
access_link_issued = Signal()

# A session was signed out or revoked (not: ran out): session_id.
session_ended = Signal()

# Somebody of the house is to know of something at once: user, words (a call that says it in the
# language then spoken), about (a number of ours), url (a path), fact (once), at.
bell_rung = Signal()
