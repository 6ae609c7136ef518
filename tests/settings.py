"""The site's settings as tests see them: the same, in a folder of their own that is gone afterwards."""

import os
import tempfile

# Before the settings are read: tests leave the database, the mails and the queues of a running site alone.
os.environ["AMENDS_VAR"] = tempfile.mkdtemp(prefix="amends-test-")

from recovery.settings import *  # noqa: F403
from recovery.settings import CELERY_BROKER_URL, DATABASES, STORAGES, VAR

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
