"""What is given, in the browser: one form for what one may give alone, and who was asked where one may not."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.actions.submissions import new_key
from cases.models import Case, Compensation, User
from cases.rules.vocabulary import CompensationStatus
from tests.conftest import Log
from tests.reports import recovery

pytestmark = pytest.mark.django_db

GIFT = {"nature": "goodwill", "form": "voucher", "what": "Voucher", "amount": "20"}
Send = Callable[..., Any]


@pytest.fixture
def case(log: Log, agent: User) -> Case:
    at = timezone.now() - timedelta(minutes=15)
    logged = log(at=at)
    recovery.acknowledge(logged, agent, at)
    recovery.apologize(logged, agent, at)
    return recovery.fresh(logged)


@pytest.fixture
def send(client: Client, case: Case, agent: User) -> Send:
    """Propose as the agent; the page that is shown then, as text."""
    client.force_login(agent)

    def sent(status: int = 200, **typed: str) -> str:
        hidden = {"key": new_key(timezone.now()), "version": str(recovery.fresh(case).version)}
        address = reverse("cases:do", args=(case.reference, "propose"))
        answer = client.post(address, {**GIFT, **hidden, **typed}, follow=True)
        assert answer.status_code == status
        return answer.content.decode()

    return sent


def test_what_one_may_give_alone_is_one_form(send: Send) -> None:
    page = send(so_far="issued", note="R-17", paid_by="supplier")

    given = Compensation.objects.get()
    assert (given.status, given.proof, given.paid_by) == (CompensationStatus.ISSUED, "R-17", "supplier")
    assert "Recorded: offered, accepted and issued." in page
    assert "A supplier pays" in page


def test_what_is_chosen_already_offers_no_empty_choice(client: Client, case: Case, agent: User) -> None:
    client.force_login(agent)
    page = client.get(reverse("cases:do", args=(case.reference, "propose"))).content.decode()

    assert "Offered; the customer has not answered yet" in page
    assert "–</" not in page.partition("<form")[2]


def test_the_customers_yes_is_asked_and_not_assumed(send: Send) -> None:
    assert "Approved, within your own authority" in send()
    assert Compensation.objects.get().status == CompensationStatus.APPROVED


def test_whoever_was_asked_is_named_at_once_and_on_the_page(send: Send, manager: User, administrator: User) -> None:
    page = send(amount="900")

    assert "Lena Fischer was asked to decide. Do not tell the customer yet." in page
    assert page.count("Lena Fischer was asked to decide.") == 2


def test_nobody_who_may_decide_is_said_at_once(send: Send, manager: User) -> None:
    assert "Nobody here may decide this yet. Ask an administrator" in send(amount="900")


def test_an_offer_above_ones_authority_is_refused_and_nothing_typed_is_lost(send: Send, manager: User) -> None:
    page = send(422, amount="90", so_far="accepted", what="A weekend")

    assert "somebody else decides before the customer is told" in page
    assert "A weekend" in page
    assert not Compensation.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"amount": "12.5", "currency": "JPY"}, "Amounts in JPY have no decimals"),
        ({"currency": "FOO"}, "FOO is no currency of ISO 4217"),
        ({"amount": "10000000"}, "Amounts go up to"),
        ({"nature": "restitution", "reason": "Receipt", "recipient": "Her son"}, "Say why the loss is returned to"),
    ],
)
def test_what_cannot_be_is_said_and_kept(send: Send, typed: dict[str, str], sentence: str) -> None:
    assert sentence in send(422, **typed)


def test_a_link_to_decide_stands_only_where_one_may(
    client: Client, send: Send, case: Case, manager: User, teammate: User, administrator: User
) -> None:
    send(amount="900")
    seen = {}
    for person in (teammate, manager, administrator):
        client.force_login(person)
        page = client.get(reverse("cases:case", args=(case.reference,))).content.decode()
        seen[person] = "Approve or not" in page
    assert seen == {teammate: False, manager: False, administrator: True}


def test_whoever_may_not_decide_reads_why_and_is_refused(
    client: Client, send: Send, case: Case, manager: User, administrator: User
) -> None:
    send(amount="900")
    given = Compensation.objects.get()
    address = reverse("cases:do", args=(case.reference, "approve"))
    client.force_login(manager)

    page = client.get(f"{address}?of={given.public_id}").content.decode()
    assert "you may approve up to 500 USD. Lena Fischer was asked to decide." in page
    assert page.count("may approve") == 1
    assert 'value="approve"' not in page
    assert 'name="note"' not in page
    typed = {
        "of": given.public_id,
        "how": "approve",
        "key": new_key(timezone.now()),
        "version": recovery.fresh(case).version,
    }
    assert client.post(address, typed).status_code == 403


def test_no_limit_in_a_currency_is_said_once_and_the_proposer_is_shown_no_buttons(
    client: Client, send: Send, settings: Settings, case: Case, agent: User, manager: User
) -> None:
    settings.AMENDS_CURRENCIES = frozenset({"USD", "JPY"})
    send(amount="5000", currency="JPY")
    page = f"{reverse('cases:do', args=(case.reference, 'approve'))}?of={Compensation.objects.get().public_id}"
    seen = {}
    for person in (manager, agent):
        client.force_login(person)
        seen[person] = client.get(page).text
    assert seen[manager].count("may approve nothing in JPY. Nobody here may decide this yet.") == 1
    assert "up to 0" not in seen[manager]
    assert "Nobody approves their own proposal." in seen[agent]
    assert not any("Do not approve" in text for text in seen.values())


def test_amounts_stand_in_the_minor_units_of_their_currency(
    client: Client, send: Send, case: Case, administrator: User
) -> None:
    send(amount="12.5", currency="kwd")
    page = send(amount="5000", currency="JPY")

    assert page.count("12.500 KWD") >= 2  # beside the case and in its timeline
    assert page.count("5,000 JPY") >= 2
    assert Compensation.objects.first().amount == Decimal("12.5")  # type: ignore[union-attr]


def test_a_site_with_one_currency_asks_for_none(client: Client, case: Case, agent: User, settings: Settings) -> None:
    settings.AMENDS_CURRENCIES = frozenset({"USD"})
    client.force_login(agent)
    page = client.get(f"{reverse('cases:case', args=(case.reference,))}?step=compensate").content.decode()

    assert 'name="currency"' not in page
    assert "You may grant 50 USD more for the trouble in this case alone, and return 500 USD of losses" in page


def test_goodwill_is_decided_in_the_browser_while_a_loss_waits(
    client: Client, case: Case, agent: User, send: Send
) -> None:
    send(nature="restitution", form="money", amount="760", reason="Two bank statements")
    page = client.get(reverse("cases:case", args=(case.reference,)), {"step": "compensate"}).content.decode()
    address = reverse("cases:do", args=(case.reference, "no-compensation"))
    assert address in page
    hidden = {"key": new_key(timezone.now()), "version": str(recovery.fresh(case).version)}
    page = client.post(address, {**hidden, "reason": "Only the money back"}, follow=True).content.decode()
    assert "The step is done once somebody has decided on the restitution." in page
    assert "Nothing is due.</strong> Decided by Maya Osei" in page
    assert "“Only the money back”" in page
