"""How gunicorn serves pages, in the demo as in production: `-c python:ispbill.serving`.

What differs (address, number of workers, patience) stands on the command line of each.
"""

wsgi_app = "ispbill.wsgi"

# Only a worker with threads keeps connections open: a sync worker closes each after one answer,
# and a phone then pays a round trip, with TLS three, for each of a page's files. Some of the
# threads wait at any time: for a browser's spare connection, for a payment gateway (docs/adr/0046).
worker_class = "gthread"
threads = 4
keepalive = 15  # seconds; a browser that reads on sends its next request over the same connection

# No access log of gunicorn's: it would write whole addresses, and some of them open doors.
# `ispbill.core.middleware.AccessLog` writes a line a request instead.
accesslog = None
control_socket_disable = True
