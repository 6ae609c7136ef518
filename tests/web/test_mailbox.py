"""The mailbox of the embedded run: one's own mail and that to customers, in the browser."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.actions import people
from cases.mail.letter import Letter
from cases.models import Message, User
from cases.reminders.sweep import deliver
from cases.rules.vocabulary import Audience, MessageStatus
from tests.conftest import Log

pytestmark = pytest.mark.django_db

BOX = "/mailbox/"
MAYA = "maya@example.com"
HTML = """<p style="color:red">Hello</p><a href="http://localhost/cases/SR-1/">Open <b>the case</b></a>
<a href="javascript:alert(1)">No</a><a name="x">neither</a>"""


@pytest.fixture
def folder(settings: Settings, tmp_path: Path, client: Client, agent: User) -> Path:
    """The mail folder of a site without a mail server; the agent is signed in."""
    settings.AMENDS_MAILBOX = True
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(tmp_path)},
        }
    }
    client.force_login(agent)
    return tmp_path


def mail(folder: Path, *subjects: str, text: str = "Hello", to: str = MAYA) -> None:
    """Send some mails over one connection."""
    backend = EmailBackend(file_path=str(folder), alias="default")
    letters = [EmailMultiAlternatives(subject, text, "a@example.com", [to]) for subject in subjects]
    for letter in letters:
        letter.attach_alternative(HTML, "text/html")
    backend.send_messages(letters)


def only(folder: Path) -> str:
    """The address of the page of the only mail."""
    return f"{BOX}{next(folder.glob('*.log')).stem}-0/"


def test_mails_are_listed_the_newest_first(client: Client, folder: Path) -> None:
    mail(folder, "First", "Second of the same connection")
    (folder / "20990101-000000-1.log").write_bytes(b"To: maya@example.com\nSubject: Of another day\n\nHello")
    page = client.get(BOX).content.decode()
    assert page.index("Of another day") < page.index("Second of the same connection") < page.index("First")


def test_a_mail_shows_its_text_and_where_its_links_lead_and_nothing_of_its_html(client: Client, folder: Path) -> None:
    mail(folder, "Überfällig: <b>", text="See http://localhost/cases/SR-2/ & <script>")
    page = client.get(only(folder)).content.decode()
    assert "Überfällig: &lt;b&gt;" in page
    assert 'href="http://localhost/cases/SR-2/"' in page
    assert '<a href="http://localhost/cases/SR-1/">Open the case</a>' in page
    assert "javascript:" not in page
    assert "color:red" not in page


def test_an_empty_box_says_what_it_is_for(client: Client, folder: Path) -> None:
    assert "No mail yet" in client.get(BOX).content.decode()


@pytest.mark.parametrize(
    "name", ["x", "20990101-000000-1-0", "20990101-000000-1-7", "..-..-1-0", "20990101-000000-1-99999999"]
)
def test_a_mail_that_is_not_there_is_not_found(client: Client, folder: Path, name: str) -> None:
    assert client.get(f"{BOX}{name}/").status_code == 404


def test_files_that_are_no_mail_break_nothing(client: Client, folder: Path) -> None:
    (folder / "20990101-000000-1.log").write_bytes(b"\xff\xfe\x00 no mail at all")
    broken = b"To: maya@example.com\nMessage-ID: <%b@x>\nSubject: =?utf-8?q?=FF?=\nDate: yesterday\n\n\xff"
    (folder / "20990101-000000-2.log").write_bytes(broken % (b"-" * 36))
    assert client.get(BOX).status_code == 200
    assert client.get(f"{BOX}20990101-000000-1-0/").status_code == 404
    assert client.get(f"{BOX}20990101-000000-2-0/").status_code == 200


def test_with_a_mail_server_there_is_no_mailbox(client: Client, folder: Path, settings: Settings) -> None:
    mail(folder, "First")
    settings.AMENDS_MAILBOX = False
    assert [client.get(address).status_code for address in (BOX, only(folder))] == [404, 404]


def test_the_mailbox_is_for_staff(client: Client, folder: Path) -> None:
    mail(folder, "First")
    client.logout()
    assert [client.get(address).status_code for address in (BOX, only(folder))] == [302, 302]


def test_a_mail_of_sign_in_is_shown_to_nobody_but_its_reader(
    client: Client, folder: Path, agent: User, administrator: User
) -> None:
    for person in (administrator, agent):
        client.post(reverse("account_reset_password"), {"email": person.email})
        deliver(timezone.now())  # a file for each
    pages = [client.get(f"{BOX}{file.stem}-0/") for file in folder.glob("*.log")]
    assert sorted(page.status_code for page in pages) == [200, 404]
    assert "Mailbox" in next(page for page in pages if page.status_code == 200).content.decode()
    assert administrator.email not in client.get(BOX).content.decode()


def test_an_invitation_is_shown_to_nobody_but_its_reader(
    client: Client, folder: Path, administrator: User, teammate: User
) -> None:
    teammate.set_unusable_password()
    teammate.save()
    people.invite(user=teammate, link="http://localhost/secret", actor=administrator, now=timezone.now())
    deliver(timezone.now())
    assert teammate.email not in client.get(BOX).content.decode()
    assert client.get(only(folder)).status_code == 404
    client.force_login(teammate)
    assert "http://localhost/secret" in client.get(only(folder)).content.decode()


@pytest.mark.parametrize("to", ["MAYA@example.com", "Maya Osei <maya@example.com>"])
def test_ones_own_address_is_known_however_it_is_written(client: Client, folder: Path, to: str) -> None:
    mail(folder, "Yours", to=to)
    assert client.get(only(folder)).status_code == 200


@pytest.mark.parametrize("to", ["maya@xn--strae-oqa.example", "Maya <MAYA@XN--STRAE-OQA.example>"])
def test_an_address_of_another_script_is_known_in_both_forms_and_never_taken_for_another(
    client: Client, folder: Path, agent: User, to: str
) -> None:
    mail(folder, "Theirs", to=to)
    for own, status in (("maya@strasse.example", 404), ("maya@straße.example", 200)):
        agent.email = own
        agent.save()
        assert client.get(only(folder)).status_code == status


@pytest.mark.parametrize("to", ["maya@example.com, marta@example.com", "stranger@example.com", "maya@example.com.test"])
def test_a_mail_that_no_row_explains_is_not_shown_to_others(client: Client, folder: Path, to: str) -> None:
    mail(folder, "Theirs", to=to)
    assert "Theirs" not in client.get(BOX).content.decode()


def test_mail_to_a_customer_is_shown_to_whoever_may_see_the_case(
    client: Client, folder: Path, log: Log, outsider: User
) -> None:
    case = log()
    letter = Message.objects.create(
        case=case,
        audience=Audience.CUSTOMER,
        to_address="dora@example.com",
        subject="We are sorry",
        text="Hello",
        created_at=timezone.now(),
        status=MessageStatus.SENT,
        sent_at=timezone.now(),
    )
    EmailBackend(file_path=str(folder), alias="default").send_messages([Letter(letter)])
    assert "We are sorry" in client.get(BOX).content.decode()
    client.force_login(outsider)
    assert "We are sorry" not in client.get(BOX).content.decode()
    assert client.get(only(folder)).status_code == 404


def test_without_a_mailbox_the_menu_leads_to_none(client: Client, folder: Path, settings: Settings) -> None:
    settings.AMENDS_MAILBOX = False
    assert BOX not in client.get("/").content.decode()
