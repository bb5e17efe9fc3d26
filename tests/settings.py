"""The suite's settings: the real ones, with quick passwords and files of its own."""

import os

from tests.run_files import directory

os.environ["ISPBILL_MODE"] = "test"
# Workers and simulators that a test starts share these with it.
os.environ.setdefault("SANDBOX_DIR", directory("sandbox"))
os.environ.setdefault("MEDIA_ROOT", directory("media"))

from ispbill.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = directory("static")
DOORBELL_SECONDS = 0  # a ring is not kept back because of one in the test before
