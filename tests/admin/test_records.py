"""Records at the settings pages: everything can be found and read, nothing can be changed."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import reverse

from cases.admin.pages import RecordPage
from cases.models import Category, Contact, Customer, Incident, Message, User
from tests.conftest import Log

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

NOUNS = [noun for noun in apps.get_app_config("cases").get_models() if admin.site.is_registered(noun)]
RECORDS = [noun for noun in NOUNS if isinstance(admin.site.get_model_admin(noun), RecordPage)]


def address(noun: type[Model], page: str, *key: int) -> str:
    return reverse(f"admin:cases_{noun.__name__.lower()}_{page}", args=key)


@pytest.mark.parametrize("noun", RECORDS, ids=lambda noun: noun.__name__)
def test_a_record_can_be_listed_and_searched_and_not_added(desk: Client, log: Log, noun: type[Model]) -> None:
    case = log()

    assert desk.get(address(noun, "changelist")).status_code == 200
    assert desk.get(address(noun, "changelist"), {"q": case.reference}).status_code == 200
    assert desk.post(address(noun, "add")).status_code == 403


@pytest.mark.parametrize("noun", ["Case", "Concern", "Customer", "Event", "Incident", "SeverityChange", "Step"])
def test_a_record_can_be_read_and_neither_changed_nor_deleted(desk: Client, log: Log, noun: str) -> None:
    log()
    kind = next(each for each in RECORDS if each.__name__ == noun)
    key = QuerySet(kind).values_list("pk", flat=True)[0]

    assert desk.get(address(kind, "change", key)).status_code == 200
    assert desk.post(address(kind, "change", key)).status_code == 403
    assert desk.post(address(kind, "delete", key), {"post": "yes"}).status_code == 403
    assert QuerySet(kind).filter(pk=key).exists()


def test_a_case_is_found_by_the_words_of_its_story(desk: Client, log: Log) -> None:
    log(title="Parcel to the old address")
    other = log(title="Two chairs were missing")

    found = desk.get(address(type(other), "changelist"), {"q": "chair miss"}).content.decode()

    assert other.reference in found
    assert "Parcel to the old" not in found


def test_personal_remarks_and_the_words_of_mails_are_not_shown(
    desk: Client, log: Log, customer: Customer, agent: User
) -> None:
    case = log()
    contact = Contact.objects.create(
        case=case, at=case.known_at, direction="out", channel="phone", summary="Called", private_note="In hospital"
    )
    mail = Message.objects.create(
        purpose="notice", audience="staff", to_address=agent.email, subject="Welcome", text="secret-link",
        created_at=case.known_at, next_attempt_at=case.known_at,
    )  # fmt: skip

    assert "In hospital" not in desk.get(address(Contact, "change", contact.pk)).content.decode()
    assert "secret-link" not in desk.get(address(Message, "change", mail.pk)).content.decode()


def test_settings_and_records_stand_apart_and_other_applications_stay_out(desk: Client) -> None:
    groups = desk.get(reverse("admin:index")).context["app_list"]

    assert [group["name"] for group in groups] == ["Settings", "Records"]
    assert [model["object_name"] for model in groups[0]["models"]] == [
        "AuthorityLimit", "Category", "Cause", "DeadlinePolicy", "RestitutionLimit", "Team", "User", "WorkingCalendar",
    ]  # fmt: skip
    assert desk.get("/admin/account/emailaddress/").status_code == 403


def test_a_name_in_other_capitals_is_the_same_name(desk: Client) -> None:
    Category.objects.create(name="Delivery")

    answer = desk.post(address(Category, "add"), {"name": " DELIVERY "})

    assert "“DELIVERY” is in the list already." in answer.content.decode()


def test_a_category_is_kept_as_long_as_an_incident_names_it(desk: Client, log: Log) -> None:
    used, spare = Category.objects.create(name="Delivery"), Category.objects.create(name="Billing")
    Incident.objects.filter(pk=log().incident_id).update(category=used)

    assert desk.post(address(Category, "delete", used.pk), {"post": "yes"}).status_code == 403
    desk.post(address(Category, "delete", spare.pk), {"post": "yes"})
    assert list(Category.objects.all()) == [used]


def test_pages_of_settings_say_whose_drafts_are_kept_and_which_form_signs_out(
    desk: Client, administrator: User
) -> None:
    for address in ("/admin/", "/admin/cases/team/", "/admin/cases/team/add/"):
        page = desk.get(address).content.decode()
        assert f'data-user="{administrator.public_id}" data-draft-key="' in page
        assert re.search(r'<form id="logout-form" method="post" action="/admin/logout/"', page)
    script = (settings.BASE_DIR / "static/js/drafts.js").read_text(encoding="utf-8")
    assert "[data-sign-out], #logout-form" in script
