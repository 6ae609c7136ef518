"""A nudge goes through the broker, whichever it is, and beat names tasks that exist."""

from collections.abc import Iterator

import pytest
from celery import Task
from django.utils.module_loading import import_string
from kombu.simple import SimpleQueue

from cases.mail.outbox import queued
from recovery.celery import app, declare_queues


@pytest.fixture
def queue() -> Iterator[SimpleQueue]:
    declare_queues()
    with app.connection_for_read() as connection, connection.SimpleQueue(app.amqp.default_queue.name) as simple:
        simple.clear()
        yield simple


def test_a_nudge_reaches_whoever_reads_the_queue(queue: SimpleQueue) -> None:
    app.send_task("cases.tasks.sweep_reminders", expires=55)

    message = queue.get(timeout=10)

    message.ack()
    assert message.headers["task"] == "cases.tasks.sweep_reminders"


def test_a_mail_that_is_owed_nudges_the_worker_at_once(queue: SimpleQueue) -> None:
    queued.send(sender=None)

    message = queue.get(timeout=10)

    message.ack()
    assert message.headers["task"] == "cases.tasks.deliver_mail"


def test_every_entry_of_the_schedule_is_a_task() -> None:
    named = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert all(isinstance(import_string(name), Task) for name in named)
