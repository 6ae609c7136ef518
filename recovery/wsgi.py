"""The WSGI callable that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery.settings")

application = get_wsgi_application()

from django.contrib.staticfiles.storage import staticfiles_storage  # noqa: E402  (settings are there from here on)

from recovery.environment import refuse  # noqa: E402

if missing := getattr(staticfiles_storage, "missing", str)():
    refuse(f"{missing}.")

# Only pages nudge: the worker's own mail, and that of a command, leaves without a broker.
from cases.mail.outbox import queued  # noqa: E402  (models can be imported from here on)
from cases.tasks import deliver_soon  # noqa: E402

queued.connect(deliver_soon)
