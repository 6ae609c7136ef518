"""The Celery app and the beat schedule.

Nothing that is owed waits in a queue: a task is only a nudge to look into the database, so a lost broker
costs a delay and no mail. Hence no result backend, and every entry is safe to run twice.
"""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, task_postrun, task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recovery.settings")

app = Celery("recovery")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # Finds commitments that became due or late since the last look, and hands their mail to the outbox.
    # A nudge that waited until the next one is on its way has nothing left to do: it is dropped.
    "sweep-reminders": {
        "task": "cases.tasks.sweep_reminders",
        "schedule": 60.0,
        "options": {"expires": 55.0},
    },
    # Looks into the mailbox for mails that came back, where there is one.
    "read-bounces": {
        "task": "cases.tasks.read_bounces",
        "schedule": 60.0,
        "options": {"expires": 55.0},
    },
    # Forgets the keys by which a form that is sent twice is known, and what sweeps did weeks ago.
    "forget-what-is-old": {
        "task": "cases.tasks.forget_what_is_old",
        "schedule": crontab(hour=3, minute=17),
    },
}


def declare_queues() -> None:
    """Make the queues before anybody uses them: two processes that made a file of them at once would break it."""
    with app.connection_for_write() as connection:
        for queue in app.amqp.queues.values():
            queue(connection.default_channel).declare()


@task_prerun.connect
@task_postrun.connect
def close_what_is_old(**_: object) -> None:
    """As after a request: a connection that broke, or has lived for long, is closed."""
    close_old_connections()


@setup_logging.connect
def keep_the_sites_logging(**_: object) -> None:
    """Having a receiver stops Celery from configuring logging; settings.LOGGING stays in force."""
