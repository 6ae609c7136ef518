"""What the clock starts, and what a page nudges."""

import socket
import time
from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from cases import tasks
from cases.actions import deliveries
from cases.mail import compose
from cases.mail.outbox import queued
from cases.models import Message, Sweep, User
from cases.rules.vocabulary import MessageStatus, Severity
from recovery.celery import app
from tests.conftest import Log


def test_everything_that_beat_starts_exists() -> None:
    started = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert started == {tasks.sweep_reminders.name, tasks.read_bounces.name, tasks.forget_what_is_old.name}


@pytest.mark.django_db
def test_the_sweep_reminds_by_the_real_clock(log: Log, mailoutbox: list[EmailMultiAlternatives]) -> None:
    log(at=timezone.now() - timedelta(hours=1), severity=Severity.CRITICAL)
    tasks.sweep_reminders()
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_delivering_does_not_wait_for_the_sweep(agent: User, mailoutbox: list[EmailMultiAlternatives]) -> None:
    compose.notice(agent, heading="Please look", lines=[], now=timezone.now())
    tasks.deliver_mail()
    assert [mail.subject for mail in mailoutbox] == ["Please look"]


@pytest.mark.django_db
def test_a_long_outbox_is_gone_through_run_by_run(
    agent: User, mailoutbox: list[EmailMultiAlternatives], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "LONGEST_RUN", 0)
    asked = list[str]()
    monkeypatch.setattr(app, "send_task", lambda name, **_: asked.append(name))
    tasks.deliver_mail()
    compose.notice(agent, heading="Please look", lines=[], now=timezone.now())
    tasks.deliver_mail()
    tasks.sweep_reminders()
    assert asked == [tasks.deliver_mail.name] * 2


@pytest.mark.django_db(transaction=True)
def test_a_page_that_queued_a_mail_nudges_after_its_commit_and_not_before(agent: User) -> None:
    heard = list[object]()

    def listener(**_: object) -> None:
        heard.append(Message.objects.get().status)

    queued.connect(listener)
    with transaction.atomic():
        compose.notice(agent, heading="Please look", lines=[], now=timezone.now())
        assert heard == []
    queued.disconnect(listener)
    assert heard == [MessageStatus.QUEUED]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_does_not_break_the_page(
    agent: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(tasks.Broker, "rests_until", 0.0)
    queued.connect(tasks.deliver_soon)
    compose.notice(agent, heading="Please look", lines=[], now=timezone.now())
    queued.disconnect(tasks.deliver_soon)
    assert Message.objects.get().status == MessageStatus.QUEUED
    assert "The broker cannot be reached, so mail leaves with the next sweep" in caplog.text


def test_a_broker_that_does_not_answer_holds_a_page_up_once_and_briefly(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tasks.Broker, "rests_until", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(app.conf, "broker_write_url", f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        begun = time.monotonic()
        for _ in range(5):
            tasks.deliver_soon()
    assert time.monotonic() - begun < 2
    assert caplog.text.count("The broker cannot be reached") == 1


def test_a_broker_that_is_back_is_nudged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()
    monkeypatch.setattr(app, "send_task", lambda name, **_: asked.append(name))
    monkeypatch.setattr(tasks.Broker, "rests_until", time.monotonic() + 60)
    tasks.deliver_soon()
    monkeypatch.setattr(tasks.Broker, "rests_until", time.monotonic())
    tasks.deliver_soon()
    assert asked == [tasks.deliver_mail.name]


@pytest.mark.django_db
def test_a_sweep_leaves_its_heartbeat_and_old_ones_are_forgotten(team: object) -> None:
    Sweep.objects.create(begun_at=timezone.now() - timedelta(days=31))
    tasks.sweep_reminders()
    tasks.forget_what_is_old()
    assert Sweep.objects.get().ended_at is not None
