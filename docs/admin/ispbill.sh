#!/bin/sh
# /usr/local/bin/ispbill: every command of the product, as the user it belongs to.
#   ispbill doctor            as ispbill, with /etc/ispbill/env
#   ispbill keeper migrate    as ispbill-keeper, who alone knows the owner's address
set -eu
user=ispbill
keeper=
if [ "${1:-}" = keeper ]; then
    user=ispbill-keeper keeper=/etc/ispbill/keeper.env
    shift
fi
cd /srv/ispbill/app
exec sudo -u "$user" -g ispbill sh -c '
    if [ -n "$0" ]; then set -a; . "$0"; set +a; fi
    export DJANGO_SETTINGS_MODULE=ispbill.settings
    umask 0027
    exec /srv/ispbill/venv/bin/python -m django "$@"' "$keeper" "$@"
