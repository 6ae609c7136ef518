"""The mailbox of the embedded run: what was mailed, in the browser."""

from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.filebased import EmailBackend
from django.test import Client
from pytest_django.fixtures import Settings

from cases.models import User

pytestmark = pytest.mark.django_db

BOX = "/mailbox/"
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


def mail(folder: Path, *subjects: str, text: str = "Hello") -> None:
    """Send some mails over one connection."""
    backend = EmailBackend(file_path=str(folder), alias="default")
    letters = [EmailMultiAlternatives(subject, text, "a@example.com", ["b@example.com"]) for subject in subjects]
    for letter in letters:
        letter.attach_alternative(HTML, "text/html")
    backend.send_messages(letters)


def only(folder: Path) -> str:
    """The address of the page of the only mail."""
    return f"{BOX}{next(folder.glob('*.log')).stem}-0/"


def test_mails_are_listed_the_newest_first(client: Client, folder: Path) -> None:
    mail(folder, "First", "Second of the same connection")
    (folder / "20990101-000000-1.log").write_bytes(b"Subject: Of another day\n\nHello")
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
    (folder / "20990101-000000-2.log").write_bytes(b"Subject: =?utf-8?q?=FF?=\nDate: yesterday\n\n\xff")
    assert client.get(BOX).status_code == 200
    for name in ("20990101-000000-1-0", "20990101-000000-2-0"):
        assert client.get(f"{BOX}{name}/").status_code == 200


def test_with_a_mail_server_there_is_no_mailbox(client: Client, folder: Path, settings: Settings) -> None:
    mail(folder, "First")
    settings.AMENDS_MAILBOX = False
    assert [client.get(address).status_code for address in (BOX, only(folder))] == [404, 404]


def test_the_mailbox_is_for_staff(client: Client, folder: Path) -> None:
    mail(folder, "First")
    client.logout()
    assert [client.get(address).status_code for address in (BOX, only(folder))] == [302, 302]
