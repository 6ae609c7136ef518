"""The habits of the house that no linter knows: who writes, who reads the clock, and that names lead somewhere."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db.models import ManyToManyField
from django.template.loader import get_template
from django.urls import URLResolver, get_resolver, reverse

from cases import errors
from cases.errors import AmendsError
from cases.mail import links
from cases.mail.tokens import SEEN, STOP, token
from cases.models import Approval, Case, Compensation, Incident, Message, Promise
from cases.rules.vocabulary import EventKind, StepKind

ROOT: Path = settings.BASE_DIR
TEMPLATES = ROOT / "templates"
LONGEST_FILE = 400
LONGEST_TEST = 25

WRITERS = ("actions", "reminders", "mail", "models", "demo", "migrations")
"""Who may write. ``models`` have managers that create; ``demo`` stages facts that no action may, such as the past."""

ALWAYS_WRITES = {
    *("save", "bulk_create", "bulk_update", "create", "get_or_create", "update_or_create", "delete"),
    *("asave", "acreate", "adelete", "aupdate"),
}
RELATION_WRITES = {"add", "remove", "set", "clear"}

WRITES_ALLOWED: dict[str, str] = {}
"""``file: call`` that looks like a write and is none, or must be one, and why."""

LONG_FILES = {
    "cases/rules/vocabulary.py": "one table of words; in two, nobody would know in which to look",
}
NO_ACTIONS = {"numbering.take": "a prefix is no fact of a case"}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def sources(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
    ]


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def relations() -> set[str]:
    """The names by which many-to-many relations are reached, from either side."""
    kinds = [noun._meta for noun in apps.get_app_config("cases").get_models()]  # noqa: SLF001  (Django names it so)
    own = [field for kind in kinds for field in kind.get_fields() if isinstance(field, ManyToManyField)]
    return {field.name for field in own} | {str(field.remote_field.related_name) for field in own}


def is_write(call: ast.Call, many: set[str]) -> bool:
    """Whether a call changes rows: not ``super().save_model(…)``, and not the ``update`` of a dictionary."""
    match call.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
            return False
        case ast.Attribute(attr=name) if name in ALWAYS_WRITES:
            return True
        case ast.Attribute(attr="update"):
            return bool(call.keywords) and not call.args
        case ast.Attribute(attr=name, value=ast.Attribute(attr=relation)):
            return name in RELATION_WRITES and relation in many
    return False


def writes() -> Iterator[str]:
    many = relations()
    for path in sources("cases", "recovery"):
        if path.relative_to(ROOT).parts[1] in WRITERS:
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and is_write(node, many):
                yield f"{short(path)}: {ast.unparse(node.func)}"


def test_only_actions_reminders_and_mail_write() -> None:
    assert [found for found in writes() if found not in WRITES_ALLOWED] == []


def test_what_may_write_by_exception_does_so_still() -> None:
    assert set(WRITES_ALLOWED) <= set(writes())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("case.save()", True),
        ("Case.objects.filter(pk=1).update(title='x')", True),
        ("user.teams.set(teams)", True),
        ("case.steps.all().delete()", True),
        ("context.update({'a': 1})", False),
        ("seen.add(1)", False),
        ("super().save_related(request)", False),
    ],
)
def test_a_write_is_told_from_what_looks_like_one(code: str, expected: bool) -> None:  # noqa: FBT001
    call = ast.parse(code, mode="eval").body

    assert isinstance(call, ast.Call)
    assert is_write(call, {"teams"}) is expected


def test_the_tests_of_the_rules_need_no_database() -> None:
    words = re.compile(r"django_db|cases\.models|cases\.actions|django\.test|\bclient\b")
    found = [short(path) for path in sources("tests/rules") if words.search(path.read_text(encoding="utf-8"))]

    assert found == []


def actions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """What is public and one transaction in ``cases.actions``."""
    for path in sources("cases/actions"):
        for node in parsed(path).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if any(ast.unparse(decorator).startswith("transaction.atomic") for decorator in node.decorator_list):
                yield f"{path.stem}.{node.name}", node


def test_actions_take_keywords_only() -> None:
    positional = {name for name, node in actions() if node.args.posonlyargs or node.args.args}

    assert positional == set(NO_ACTIONS)


def test_only_doors_read_the_clock() -> None:
    floors = [f"cases/{floor}" for floor in ("rules", "models", "actions", "reports", "reminders", "mail")]
    found = [
        f"{short(path)}: {ast.unparse(node)}"
        for path in sources(*floors)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow"}
    ]

    assert found == []


def test_every_kind_of_event_is_recorded_somewhere() -> None:
    writers = "".join(
        path.read_text(encoding="utf-8") for path in sources("cases/actions", "cases/reminders", "cases/mail")
    )

    assert [kind.name for kind in EventKind if f"EventKind.{kind.name}" not in writers] == []


def raised() -> Iterator[tuple[str, str]]:
    """The sentences of our own errors where they are written out, with where that is."""
    ours = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, AmendsError)}
    for path in sources("cases"):
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in {*ours, "CalendarError", "OutOfReachError"} and node.args:
                yield from ((f"{short(path)}:{node.lineno}", end) for end in endings(node.args[0]))


def endings(sentence: ast.expr) -> Iterator[str]:
    """The last written words; none where the sentence ends with something that is put in."""
    match sentence:
        case ast.Constant(value=str(words)) | ast.JoinedStr(values=[*_, ast.Constant(value=str(words))]):
            yield words


def test_every_refusal_is_a_sentence() -> None:
    found = list(raised())

    assert len(found) > 100
    assert [each for each in found if not re.search(r"[.?”]$|: manage\.py \w+$", each[1])] == []


def named_in_code() -> set[str]:
    """Templates that the code names, with the fragment behind the sign left off."""
    words = (node for path in sources("cases", "recovery") for node in ast.walk(parsed(path)))
    texts = {node.value for node in words if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if re.fullmatch(r"\w[\w/]+\.(html|txt)(#\w+)?", text)}


def named_in_templates(pattern: str) -> set[str]:
    pages = [page.read_text(encoding="utf-8") for page in TEMPLATES.rglob("*.*")]
    return {found for page in pages for found in re.findall(pattern, page)}


INCLUDED = r"""\{% (?:extends|include) ["']([^"']+)["']"""


def test_every_template_that_is_named_exists() -> None:
    for name in sorted(named_in_code() | named_in_templates(INCLUDED)):
        get_template(name)  # says which one does not exist


def test_every_template_is_named_somewhere() -> None:
    named = {name.partition("#")[0] for name in named_in_code() | named_in_templates(INCLUDED)}
    others = ("account/", "admin/", "mail/")  # asked for by allauth, by Django, and by the name of the mail
    found = [str(page.relative_to(TEMPLATES)) for page in TEMPLATES.rglob("*.*")]

    assert [page for page in found if page not in named and not page.startswith(others)] == []


def test_every_mail_has_its_three_parts_and_is_sent_by_somebody() -> None:
    mails = {folder.name: {part.name for part in folder.iterdir()} for folder in (TEMPLATES / "mail").glob("*/")}
    parts = {"subject.txt", "body.txt", "body.html"}
    senders = "".join(path.read_text(encoding="utf-8") for path in sources("cases"))

    assert mails.pop("customer") == parts - {"subject.txt"}  # its subject is the author's
    assert [name for name, found in mails.items() if found != parts or f'"{name}"' not in senders] == []


def test_every_static_file_that_is_named_exists() -> None:
    named = named_in_templates(r"""\{% static ["']([^"']+)["'] %\}""")

    assert named
    assert [name for name in sorted(named) if finders.find(name) is None] == []


def url_names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from url_names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
        elif entry.name:
            yield f"{prefix}{entry.name}"


def test_every_address_that_is_named_exists() -> None:
    named = named_in_templates(r"""\{% url ["']([^"']+)["']""")
    code = "".join(path.read_text(encoding="utf-8") for path in sources("cases", "recovery"))
    named |= set(re.findall(r"""(?:reverse|redirect|reverse_lazy)\(["']([\w:]+)["']""", code))

    assert named - set(url_names(get_resolver())) == set()


def test_addresses_in_mails_are_those_of_the_pages() -> None:
    case, incident, key = Case(reference="SR-1042"), Incident(reference="IN-1007"), UUID(int=7)
    site = settings.AMENDS_BASE_URL

    assert links.my_work() == site + reverse("cases:work")
    assert links.case_page(case) == site + reverse("cases:case", args=("SR-1042",))
    assert links.step_form(case, StepKind.APOLOGIZE) == links.case_page(case) + "?step=apologize"
    decide, approve = (reverse("cases:do", args=("SR-1042", verb)) for verb in ("decide", "approve"))
    assert links.decision(case, Approval(public_id=key)) == f"{site}{decide}?of={key}"
    assert links.approval(case, Compensation(public_id=key)) == f"{site}{approve}?of={key}"
    assert links.promise(case, Promise(public_id=key)) == f"{links.case_page(case)}#promise-{key}"
    assert links.incident_page(incident) == site + reverse("cases:incident", args=("IN-1007",))
    assert links.log_contact(case) == site + reverse("cases:do", args=("SR-1042", "contact"))
    assert links.later_answer(case) == site + reverse("cases:do", args=("SR-1042", "settle-answer"))
    assert links.reminders() == site + reverse("cases:reminders")
    assert links.profile() == site + reverse("cases:profile")
    assert links.seen(Message(public_id=key)) == site + reverse("cases:mail_seen", args=(token(key, SEEN),))
    assert links.stop_early(Message(public_id=key)) == site + reverse("cases:mail_stop", args=(token(key, STOP),))
    assert links.customer_page("a:b") == site + reverse("cases:made_right", args=("a:b",))


def read_from_the_environment() -> set[str]:
    calls = [node for path in sources("recovery") for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
    readers = [
        call for call in calls if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "environment"
    ]
    first = [call.args[0] for call in readers if call.args]
    names = {str(word.value) for word in first if isinstance(word, ast.Constant)}
    return {name for name in names if re.fullmatch("[A-Z_]+", name)}


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    elsewhere = {"WEB_CONCURRENCY"}  # read by gunicorn's configuration
    elsewhere |= set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))

    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == read_from_the_environment() | elsewhere


def test_no_file_has_grown_past_its_reader() -> None:
    found = [
        short(path)
        for path in sources("cases", "recovery", "tests")
        if len(path.read_text().splitlines()) > LONGEST_FILE
    ]

    assert found == list(LONG_FILES)


def all_tests() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sources("tests"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{short(path)}: {node.name}", node


def test_no_test_is_longer_than_a_screen() -> None:
    assert [name for name, node in all_tests() if (node.end_lineno or 0) - node.lineno >= LONGEST_TEST] == []


def test_no_test_sleeps() -> None:
    assert [name for name, node in all_tests() if re.search(r"\bsleep\(", ast.unparse(node))] == []


def test_every_module_says_its_job() -> None:
    silent = [
        path
        for path in sources("cases", "recovery", "tests")
        if path.read_text().strip() and not ast.get_docstring(parsed(path))
    ]

    assert [short(path) for path in silent] == []
