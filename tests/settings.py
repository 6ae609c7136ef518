"""The site's settings as tests see them: the same, in a folder of their own that is gone afterwards."""

import atexit
import os
import shutil
import tempfile

# Before the settings are read: tests leave the database, the mails and the queues of a running site alone.
# A worker of pytest-xdist has its folder within that of the process that started it, which takes both away.
_WITHIN = os.environ["AMENDS_VAR"] if "PYTEST_XDIST_WORKER" in os.environ else None
os.environ["AMENDS_VAR"] = tempfile.mkdtemp(prefix="amends-test-", dir=_WITHIN)
atexit.register(shutil.rmtree, os.environ["AMENDS_VAR"], ignore_errors=True)

from recovery.settings import *  # noqa: E402, F403
from recovery.settings import CELERY_BROKER_URL, DATABASES, STORAGES, VAR  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in the embedded run: a database in memory neither waits for locks nor has a write-ahead log.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}

# Names of static files without fingerprints, so that nothing has to be collected first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# Slow on purpose in production.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if CELERY_BROKER_URL.startswith("redis"):
    # Tests share the server, not the queue, with whatever else uses it.
    CELERY_TASK_DEFAULT_QUEUE = f"test-{VAR.name}"
