"""Every address of the site against everybody who may knock: one row an address, and an address without a row fails.

``in``: led to the sign-in. 404: not yours, or not there. 403: yours to see, not to do. 422: a form that wants more.
A row with a star stands for every address of that shape that has no row of its own. The object of an administrator's
page is one that is not there, so the page leads back to where it can be chosen.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMessage, mailers
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.actions.satisfaction import make_link
from cases.models import Case, Customer, User
from cases.web.case_verbs import VERBS
from tests.conftest import Log

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

ROLES = ("anonymous", "agent", "outsider", "manager", "administrator")

TABLE = """
address                                method  anonymous  agent  outsider  manager  administrator

cases:work                             GET     in         200    200       200      200
cases:log                              GET     in         200    200       200      200
cases:log                              POST    in         422    422       422      422
cases:log_raises                       GET     in         200    200       200      200
cases:list                             GET     in         200    200       200      200
cases:export                           GET     in         200    200       200      200
cases:case                             GET     in         200    404       200      200
cases:timeline                         GET     in         200    404       200      200
cases:do                               GET     in         200    404       200      200
cases:do                               POST    in         422    404       422      422
cases:customers                        GET     in         200    200       200      200
cases:find_customers                   GET     in         200    200       200      200
cases:customer                         GET     in         200    200       200      200
cases:change_customer                  GET     in         200    200       200      200
cases:change_customer                  POST    in         422    422       422      422
cases:merge_customer                   GET     in         200    200       200      200
cases:merge_customers                  GET     in         200    403       200      200
cases:merge_customers                  POST    in         422    403       422      422
cases:dashboard                        GET     in         403    403       200      200
cases:causes                           GET     in         403    403       200      200
cases:learning                         GET     in         200    200       200      200
cases:incident                         GET     in         200    404       200      200
cases:learn                            GET     in         200    404       200      200
cases:learn                            POST    in         422    404       422      422
cases:made_right                       GET     200        200    200       200      200
cases:made_right                       POST    422        422    422       422      422
cases:mail_seen                        GET     404        404    404       404      404
cases:mail_seen                        POST    404        404    404       404      404
cases:mail_stop                        GET     404        404    404       404      404
cases:mail_stop                        POST    404        404    404       404      404
cases:mailbox                          GET     in         200    200       200      200
cases:mail                             GET     in         200    404       404      404
cases:profile                          GET     in         200    200       200      200
cases:profile                          POST    in         422    422       422      422
cases:absences                         GET     in         200    200       200      200
cases:absences                         POST    in         422    422       422      422
cases:end_absence                      POST    in         302    302       302      302
cases:bounces                          GET     405        405    405       405      405
cases:bounces                          POST    401        401    401       401      401
cases:reminders                        GET     in         403    403       200      200
cases:test_mail                        POST    in         403    403       302      302
cases:livez                            GET     200        200    200       200      200
cases:readyz                           GET     200        200    200       200      200
cases:metrics                          GET     404        404    404       404      404

account_login                          GET     200        302    302       302      302
account_logout                         GET     in         200    200       200      200
account_logout                         POST    in         in     in        in       in
account_inactive                       GET     200        200    200       200      200
account_signup                         GET     200        302    302       302      302
account_reauthenticate                 GET     in         200    200       200      200
account_email                          GET     302        302    302       302      302
account_email_verification_sent        GET     200        200    200       200      200
account_confirm_email                  GET     200        200    200       200      200
account_change_password                GET     in         200    200       200      200
account_set_password                   GET     in         302    302       302      302
account_reset_password                 GET     200        200    200       200      200
account_reset_password_done            GET     200        200    200       200      200
account_reset_password_from_key        GET     200        200    200       200      200
account_reset_password_from_key_done   GET     200        200    200       200      200
account_confirm_login_code             GET     in         302    302       302      302

admin:index                            GET     in         403    403       403      200
admin:login                            GET     in         403    403       403      302
admin:logout                           POST    302        302    302       302      200
admin:password_change                  GET     in         403    403       403      200
admin:password_change_done             GET     in         403    403       403      200
admin:autocomplete                     GET     in         403    403       403      403
admin:jsi18n                           GET     in         403    403       403      200
admin:view_on_site                     GET     in         403    403       403      404
admin:app_list                         GET     in         403    403       403      200
admin:cases_authoritylimit_add         GET     in         403    403       403      200
admin:cases_category_add               GET     in         403    403       403      200
admin:cases_cause_add                  GET     in         403    403       403      200
admin:cases_deadlinepolicy_add         GET     in         403    403       403      200
admin:cases_restitutionlimit_add       GET     in         403    403       403      200
admin:cases_team_add                   GET     in         403    403       403      200
admin:cases_user_add                   GET     in         403    403       403      200
admin:cases_workingcalendar_add        GET     in         403    403       403      200
admin:cases_*_add                      GET     in         403    403       403      403
admin:cases_*_changelist               GET     in         403    403       403      200
admin:cases_*_change                   GET     in         403    403       403      302
admin:cases_*_change                   POST    in         403    403       403      302
admin:cases_*_history                  GET     in         403    403       403      302
admin:cases_*_delete                   POST    in         403    403       403      403
admin:auth_*_history                   GET     in         403    403       403      302
admin:auth_*                           GET     in         403    403       403      403
admin:account_*_history                GET     in         403    403       403      302
admin:account_*                        GET     in         403    403       403      403
"""

type Row = tuple[str, str, dict[str, str]]

MAIL = "20251121-210647-140244-0"
"""The name of a mail of the embedded run, as its backend names the file."""


def rows() -> Iterator[Row]:
    for line in TABLE.strip().splitlines()[1:]:
        if line:
            address, method, *expected = line.split()
            yield address, method, dict(zip(ROLES, expected, strict=True))


ROWS = list(rows())


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its name; two of the administrators' catch what has none and lead to what has."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif entry.name:
            yield f"{prefix}{entry.name}", entry
        else:
            assert prefix == "admin:", f"An address without a name: {entry}"


ADDRESSES = dict(patterns(get_resolver()))


@cache
def rows_of(name: str) -> list[Row]:
    """Its own rows; else those of the first shape that fits."""
    shapes = {address for address, _, _ in ROWS if fnmatchcase(name, address)}
    best = max(shapes, key=len, default="")
    return [row for row in ROWS if row[0] == best]


@pytest.fixture
def case(log: Log) -> Case:
    return log()


@pytest.fixture
def people(agent: User, outsider: User, manager: User, administrator: User) -> dict[str, User | None]:
    return dict(zip(ROLES, (None, agent, outsider, manager, administrator), strict=True))


@pytest.fixture
def open_doors(settings: Settings, tmp_path: Path) -> None:
    """The mailbox of the embedded run, with a mail in it; and a token by which mail servers come in."""
    settings.AMENDS_BOUNCE_TOKEN = "known to nobody here"
    backend = "django.core.mail.backends.filebased.EmailBackend"
    settings.AMENDS_MAILBOX = tmp_path
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": {"file_path": str(tmp_path)}}}
    mailers.default.send_messages([EmailMessage("Hello", "World", to=["maya@example.com"])])
    next(tmp_path.glob("*.log")).rename(tmp_path / f"{MAIL.removesuffix('-0')}.log")


def other_record(case: Case) -> Customer:
    return Customer.objects.get_or_create(name="G. Whitlock", defaults={"created_at": case.logged_at})[0]


def address_of(name: str, case: Case, agent: User) -> str:
    incident = name in {"cases:incident", "cases:learn"}
    words = {
        "reference": case.incident.reference if incident else case.reference,
        "name": {"cases:do": "note", "cases:learn": "cause"}.get(name, MAIL),
        "key": case.customer.public_id if name.startswith("cases:") else "x",
        "other": other_record(case).public_id if name == "cases:merge_customers" else "x",
        "token": make_link(case=case, actor=agent, now=timezone.now()) if name == "cases:made_right" else "x",
        "object_id": "0",
        "app_label": "cases",
        "content_type_id": "1",
        "uidb36": "1",
    }
    wanted = ADDRESSES[name].pattern
    named = getattr(wanted, "converters", None) or wanted.regex.groupindex
    return reverse(name, kwargs={word: words[word] for word in named})


def outcome(client: Client, answer: HttpResponseBase) -> str:
    """``in``, or the status; the administrators' own sign-in sends on to everybody's."""
    if answer.status_code == 302 and answer.headers["Location"].startswith(reverse("admin:login")):
        return outcome(client, client.get(answer.headers["Location"]))
    led_to = urlsplit(answer.headers.get("Location", "")).path
    return "in" if led_to == reverse("account_login") else str(answer.status_code)


@pytest.mark.parametrize(("shape", "method", "expected"), ROWS, ids=lambda word: word if isinstance(word, str) else "")
def test_each_address_answers_each_role_as_the_table_says(
    case: Case, people: dict[str, User | None], open_doors: None, shape: str, method: str, expected: dict[str, str]
) -> None:
    agent, names = people["agent"], [name for name in ADDRESSES if (shape, method, expected) in rows_of(name)]
    assert agent is not None
    addresses, found = [address_of(name, case, agent) for name in names], {}
    for role, user in people.items():
        for name, address in zip(names, addresses, strict=True):
            client = Client()
            if user is not None:
                client.force_login(user)
            found[name, role] = outcome(client, client.generic(method, address))

    assert found == {(name, role): expected[role] for name in names for role in ROLES}


def test_every_address_has_a_row() -> None:
    assert [name for name in ADDRESSES if not rows_of(name)] == []


def test_every_row_has_an_address() -> None:
    assert [address for address, _, _ in ROWS if not any(fnmatchcase(name, address) for name in ADDRESSES)] == []


@pytest.mark.parametrize("name", VERBS)
def test_nothing_can_be_done_with_a_case_by_another_team(client: Client, case: Case, outsider: User, name: str) -> None:
    address = reverse("cases:do", args=(case.reference, name))
    client.force_login(outsider)

    assert (client.get(address).status_code, client.post(address).status_code) == (404, 404)


@pytest.mark.parametrize("name", ["cases:case", "cases:timeline", "cases:incident"])
def test_what_is_not_there_looks_like_what_is_not_yours(client: Client, agent: User, name: str) -> None:
    client.force_login(agent)

    for reference in ("SR-0", "IN-0", "x", "0", "-"):
        assert client.get(reverse(name, args=(reference,))).status_code == 404
