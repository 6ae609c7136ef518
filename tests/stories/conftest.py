"""The house in which the stories are played, by the clock of Chicago."""

from datetime import datetime
from typing import Protocol

import pytest
from django.utils import timezone

from cases.actions.deliveries import deliver_owed
from cases.demo.cast import hire
from cases.demo.stage import Director, Stage, Story, sweeps
from cases.models import WorkingCalendar
from tests.conftest import start_organization

END = (12, 31)


class Play:
    """Plays a story, sweeping at the moments that are asked for. It can stop anywhere and go on."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.director = Director(after_each=lambda now: deliver_owed(now=now))
        self.director.take(story.script())

    def sweep(self, *moments: tuple[tuple[int, int], str]) -> None:
        self.director.take(sweeps([self.story.at(day, time) for day, time in moments]))

    def until(self, day: tuple[int, int], time: str) -> datetime:
        """Everything up to and including this moment, which is now."""
        now = self.story.at(day, time)
        self.director.play(now)
        if hasattr(self.story, "case"):
            self.story.case.refresh_from_db()
        return now

    def to_the_end(self) -> datetime:
        return self.until(END, "12:00")


class Perform(Protocol):
    def __call__[S: Story](self, story: type[S]) -> tuple[S, Play]: ...


@pytest.fixture
def stage(db: None) -> Stage:
    start_organization()
    WorkingCalendar.objects.update(zone="America/Chicago")
    return Stage(hire(calendar=WorkingCalendar.objects.get(), zone="America/Chicago", now=timezone.now()))


@pytest.fixture
def perform(stage: Stage) -> Perform:
    def begin[S: Story](story: type[S]) -> tuple[S, Play]:
        begun = story(stage)
        return begun, Play(begun)

    return begin
