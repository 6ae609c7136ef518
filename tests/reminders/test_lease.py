"""Only one leads, another takes over in time, and a clock that goes wrong stops nobody for long."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connection

from cases.models import Lease
from cases.reminders.lease import HELD_FOR, hold, release

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


def test_the_first_who_asks_leads_and_the_second_stands_by(now: datetime) -> None:
    assert hold("beat", "one", now)
    assert not hold("beat", "two", now)
    assert (Lease.objects.get().holder, Lease.objects.get().since) == ("one", now)


def test_whoever_leads_keeps_the_lead_by_saying_so(now: datetime) -> None:
    hold("beat", "one", now)
    assert hold("beat", "one", now + HELD_FOR - SECOND)
    assert not hold("beat", "two", now + HELD_FOR + SECOND)
    assert Lease.objects.get().since == now


def test_another_takes_over_within_two_minutes_of_a_death(now: datetime) -> None:
    hold("beat", "one", now)
    assert not hold("beat", "two", now + HELD_FOR - SECOND)
    assert hold("beat", "two", now + timedelta(seconds=90))
    assert Lease.objects.get().since == now + timedelta(seconds=90)


def test_the_old_leader_finds_that_it_no_longer_leads(now: datetime) -> None:
    hold("beat", "one", now)
    hold("beat", "two", now + HELD_FOR)
    assert not hold("beat", "one", now + HELD_FOR + SECOND)


def test_whoever_stops_in_good_order_leaves_the_lead_at_once(now: datetime) -> None:
    hold("beat", "one", now)
    release("beat", "one", now + SECOND)
    assert hold("beat", "two", now + SECOND)


def test_nobody_gives_up_what_another_holds(now: datetime) -> None:
    hold("beat", "one", now)
    release("beat", "two", now)
    assert not hold("beat", "two", now + SECOND)


def test_two_leases_know_nothing_of_each_other(now: datetime) -> None:
    assert hold("beat", "one", now)
    assert hold("other", "two", now)


def test_a_clock_that_goes_back_leaves_the_lead_where_it_is(now: datetime) -> None:
    hold("beat", "one", now)
    assert hold("beat", "one", now - timedelta(hours=1))
    assert not hold("beat", "two", now - timedelta(hours=1))


def test_a_leader_that_died_before_the_clock_went_back_is_not_waited_for(now: datetime) -> None:
    hold("beat", "one", now)
    assert hold("beat", "two", now - timedelta(hours=1))


def test_clocks_that_differ_by_a_minute_do_not_take_the_lead_from_each_other(now: datetime) -> None:
    hold("beat", "one", now)
    assert not hold("beat", "two", now - timedelta(minutes=1))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_one_gets_it(now: datetime) -> None:
    led = list[str]()

    def ask(name: str) -> None:
        if hold("beat", name, now):
            led.append(name)
        connection.close()

    threads = [Thread(target=ask, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert led == [Lease.objects.get().holder]
