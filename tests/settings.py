"""The suite's settings: the real ones, with quick passwords and files of its own."""

import os
import tempfile

os.environ["ISPBILL_MODE"] = "test"

from ispbill.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = tempfile.mkdtemp(prefix="ispbill-media-")
STATIC_ROOT = tempfile.mkdtemp(prefix="ispbill-static-")
