"""Records carry a version: an older form is refused with who changed what, and only what forms show counts."""

from datetime import datetime, time
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from cases.actions import bounces, customers, learning, people, records
from cases.actions.customers import CustomerDetails
from cases.actions.housekeeping import prune_submissions
from cases.actions.people import MailWishes, Position
from cases.actions.submissions import FORMS_KEPT
from cases.errors import ConflictError
from cases.models import Cause, Customer, Revision, Team, User
from cases.rules.vocabulary import CauseStatus, FaultParty, Role
from tests.conftest import Log

pytestmark = pytest.mark.django_db


def rename(customer: Customer, actor: User, now: datetime, **words: str) -> Customer:
    known = {"name": customer.name, "email": customer.email, "phone": customer.phone, **words}
    return customers.change_customer(customer=customer, details=CustomerDetails(**known), actor=actor, now=now)


def test_an_older_form_learns_who_changed_what_from_what_to_what(
    customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    rename(customer, teammate, now, phone="+1 555 0199", needs="Large print")
    with pytest.raises(ConflictError, match="Somebody changed this while you were typing") as caught:
        records.check_version(customer, 1, agent)
    assert caught.value.changes == (
        "Tom Reyes changed phone from “+1 555 0100” to “+1 555 0199”",
        "Tom Reyes changed needs from nothing to “Large print”",
    )
    records.check_version(customer, 2, agent)


def test_ones_own_change_in_another_window_is_called_so(customer: Customer, agent: User, now: datetime) -> None:
    rename(customer, agent, now, phone="+1 555 0199")
    with pytest.raises(ConflictError, match="You have changed this meanwhile"):
        records.check_version(customer, 1, agent)


@pytest.mark.parametrize("version", [0, 2, 99])
def test_a_version_that_never_was_is_a_conflict(customer: Customer, agent: User, version: int) -> None:
    with pytest.raises(ConflictError, match="Somebody changed this"):
        records.check_version(customer, version, agent)


def test_what_changes_nothing_is_no_version(customer: Customer, agent: User, now: datetime) -> None:
    assert rename(customer, agent, now).version == 1
    assert not Revision.objects.exists()


def test_codes_choices_and_ticks_are_told_in_words(log: Log, agent: User, manager: User, now: datetime) -> None:
    incident, cause = log().incident, Cause.objects.create(name="Typed wrong")
    finding = learning.Finding(cause=cause, status=CauseStatus.CONFIRMED, fault_party=FaultParty.US)
    learning.set_cause(incident=incident, finding=finding, actor=manager, now=now)
    lines = records.changes_since(incident, 1)
    assert lines[0] == "Priya Shah changed cause from nothing to “Typed wrong”"
    assert lines[1] == f"Priya Shah changed cause status from “{CauseStatus.UNKNOWN.label}” to “Confirmed”"


def test_two_colleagues_of_one_name_are_not_the_same(
    team: Team, agent: User, manager: User, administrator: User, now: datetime
) -> None:
    namesake = User.objects.create_user("priya2@example.com", None, name=manager.name, role=Role.MANAGER)
    before = team.snapshot(("manager",))
    team.manager = namesake
    team.save()
    records.revise(team, before, actor=administrator, at=now)
    assert team.version == 2


def test_profile_and_position_share_the_version_of_a_person(agent: User, administrator: User, now: datetime) -> None:
    wishes = MailWishes(digest_at=time(8, 30))
    people.change_self(name="Maya O.", zone="UTC", actor=agent, wishes=wishes, now=now)
    position = Position(name="Maya O.", role=Role.AGENT, zone="UTC", teams=list(agent.teams.all()), is_active=False)
    left = people.change_user(user=agent, position=position, actor=administrator, now=now)
    assert left.version == 3
    assert records.changes_since(left, 2) == ["Lena Fischer changed is active from “yes” to “no”"]


def test_a_bounce_a_sign_in_and_a_password_raise_no_version(agent: User, now: datetime) -> None:
    User.objects.filter(pk=agent.pk).update(unreachable_since=now, last_login=now)
    agent.refresh_from_db()
    agent.set_password("another quiet pond")
    agent.save()
    assert bounces.take_notice(raw=b"Subject: nothing\n\nx", now=now) is not None
    agent.refresh_from_db()
    assert agent.version == 1


def test_changes_are_forgotten_with_the_forms_that_may_be_older(customer: Customer, agent: User, now: datetime) -> None:
    rename(customer, agent, now, phone="+1 555 0199")
    prune_submissions(now=now + FORMS_KEPT)
    assert Revision.objects.count() == 1
    prune_submissions(now=now + 2 * FORMS_KEPT)
    assert not Revision.objects.exists()
    customer.refresh_from_db()
    assert customer.version == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_the_same_version_at_once_one_is_refused(
    customer: Customer, agent: User, teammate: User, now: datetime
) -> None:
    start, ends = Barrier(2), list[str]()

    def save(who: User) -> None:
        start.wait()
        try:
            with transaction.atomic():
                records.check_version(customer, 1, who)
                rename(customer, who, now, phone=f"+1 555 01{who.pk:02}")
            ends.append("saved")
        except ConflictError:
            ends.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=save, args=(who,)) for who in (agent, teammate)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["refused", "saved"]
