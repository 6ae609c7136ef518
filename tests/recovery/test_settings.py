"""The settings as a whole: read in a process of their own, because they are read once in a process."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PUBLIC = {
    "AMENDS_BASE_URL": "https://amends.example.com",
    "ALLOWED_HOSTS": "amends.example.com",
    "SMTP_HOST": "smtp.example.com",
    "SECRET_KEY": "k" * 60,
}
# A developer's own .env is left out.
WANTED = """
import json, sys
from environs import Env
Env.read_env = lambda *_, **__: True
from importlib import import_module
settings = import_module(f"recovery.{sys.argv[1]}")
print(json.dumps({name: getattr(settings, name, None) for name in sys.argv[2:]}, default=str))
"""


def start(var: Path, *names: str, module: str = "settings", **environ: str) -> subprocess.CompletedProcess[str]:
    """Reads the settings under this environment and prints those that are named."""
    return subprocess.run(  # noqa: S603  (our own words)
        [sys.executable, "-c", WANTED, module, *names],
        env={"AMENDS_VAR": str(var), **environ},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_set_is_the_embedded_run(tmp_path: Path) -> None:
    names = ["DATABASES", "CELERY_BROKER_URL", "MAILERS", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "DEBUG"]

    read = json.loads(start(tmp_path, *names).stdout)

    assert read["DATABASES"]["default"]["NAME"] == str(tmp_path / "amends.sqlite3")
    assert read["CELERY_BROKER_URL"] == "filesystem://localhost"
    assert read["MAILERS"]["default"]["OPTIONS"] == {"file_path": str(tmp_path / "mail")}
    assert "localhost" in read["ALLOWED_HOSTS"]
    assert (read["SESSION_COOKIE_SECURE"], read["DEBUG"]) == (False, False)


def test_a_public_site_insists_on_https(tmp_path: Path) -> None:
    names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"]

    read = json.loads(start(tmp_path, *names, **PUBLIC).stdout)

    assert all(read.values())
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize("missing", ["ALLOWED_HOSTS", "SMTP_HOST", "SECRET_KEY"])
def test_a_public_site_does_not_start_without(tmp_path: Path, missing: str) -> None:
    environ = {name: value for name, value in PUBLIC.items() if name != missing}

    ended = start(tmp_path, **environ)

    assert ended.returncode == 3
    assert ended.stderr.startswith(f"Amends cannot start: {missing} must ")
    assert ended.stderr.count("\n") == 1


def test_a_password_that_cannot_be_sent_to_a_mail_server_is_refused(tmp_path: Path) -> None:
    ended = start(tmp_path, **PUBLIC, SMTP_PASSWORD="Käse")

    assert ended.returncode == 3
    assert ended.stderr.startswith("Amends cannot start: SMTP_PASSWORD must ")
    assert "without accents" in ended.stderr


def test_redis_as_the_broker_is_the_cache_too(tmp_path: Path) -> None:
    environ = {"CELERY_BROKER_URL": "redis://127.0.0.1:6379/5"}

    read = json.loads(start(tmp_path, "CACHES", **environ).stdout)

    assert read["CACHES"]["default"]["LOCATION"] == "redis://127.0.0.1:6379/5"


def test_the_example_names_every_setting() -> None:
    code = "".join(path.read_text() for path in (ROOT / "recovery").glob("*.py"))
    read = set(re.findall(r'environment\.\w+\(\s*"([A-Z_]+)"', code))
    read |= set(re.findall(r'environment\.text\("([A-Z_]+)"', code))
    composed = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    told = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))

    assert told == read | composed


def test_static_files_of_an_image_need_not_be_writable(tmp_path: Path) -> None:
    collected = tmp_path / "file" / "collected"  # no folder can be made below a file, not even by root
    (tmp_path / "file").touch()

    read = json.loads(start(tmp_path, "STATIC_ROOT", AMENDS_STATIC=str(collected)).stdout)

    assert read["STATIC_ROOT"] == str(collected)


def test_the_demo_of_the_embedded_run_has_a_mailbox(tmp_path: Path) -> None:
    assert json.loads(start(tmp_path, "AMENDS_MAILBOX", module="embedded").stdout) == {"AMENDS_MAILBOX": True}


@pytest.mark.parametrize(
    ("module", "environ"),
    [
        ("embedded", {"AMENDS_DEMO": "off"}),
        ("embedded", {"SMTP_HOST": "mail"}),
        ("embedded", PUBLIC),
        ("settings", {"AMENDS_DEMO": "on"}),
    ],
)
def test_no_other_run_has_a_mailbox(tmp_path: Path, module: str, environ: dict[str, str]) -> None:
    read = json.loads(start(tmp_path, "AMENDS_MAILBOX", module=module, **environ).stdout)

    assert read == {"AMENDS_MAILBOX": False}


def test_mails_that_are_kept_as_files_are_for_the_owner_of_the_processes(tmp_path: Path) -> None:
    start(tmp_path)

    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("database", "migrations"),
    [
        ("postgresql://app@db/amends", "postgresql://owner@db/other"),
        ("postgresql://app@db/amends", "sqlite:///amends"),
        ("postgresql://app@db/amends", "owner@db/amends"),
        ("", "postgresql://owner@db/amends"),
    ],
)
def test_another_database_is_not_migrated(tmp_path: Path, database: str, migrations: str) -> None:
    ended = start(tmp_path, DATABASE_URL=database, MIGRATE_DATABASE_URL=migrations)

    assert ended.returncode == 3
    assert ended.stderr.startswith("Amends cannot start: MIGRATE_DATABASE_URL must ")


def test_the_owner_of_the_tables_migrates(tmp_path: Path) -> None:
    addresses = {
        "DATABASE_URL": "postgresql://app@db/amends",
        "MIGRATE_DATABASE_URL": "postgresql://owner:x@db:5433/amends",
    }

    read = json.loads(start(tmp_path, "MIGRATE_DATABASE", **addresses).stdout)["MIGRATE_DATABASE"]

    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"]) == ("owner", "x", "db", 5433)


def explained() -> dict[str, tuple[str, str]]:
    """Each setting of the example: its words, and the value behind its equals sign."""
    found = re.findall(r"((?:^#.*\n)+)?^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    return {name: (words.replace("\n# ", " "), value) for words, name, value in found}


SHOWN = """
MAILERS DATABASES CACHES CELERY_BROKER_URL CELERY_WORKER_CONCURRENCY PORT DEBUG ALLOWED_HOSTS AMENDS_BASE_URL
AMENDS_MAIL_FROM AMENDS_LISTEN AMENDS_ORGANIZATION AMENDS_CURRENCY AMENDS_TIME_ZONE AMENDS_COUNTRY AMENDS_LINK_DAYS
AMENDS_LOG_LEVEL AMENDS_DEMO AMENDS_PROXIES
"""


def test_what_the_example_shows_is_the_default(tmp_path: Path) -> None:
    shown = {name: value for name, (_, value) in explained().items() if value}
    names = SHOWN.split()

    assert json.loads(start(tmp_path, *names, **shown).stdout) == json.loads(start(tmp_path, *names).stdout)


LENGTHS = {
    name: int(found[1]) for name, (words, _) in explained().items() if (found := re.search(r"least (\d+)", words))
}


def test_every_secret_says_its_length() -> None:
    assert set(LENGTHS) == {name for name in explained() if name.endswith(("_TOKEN", "SECRET_KEY"))}


@pytest.mark.parametrize("name", LENGTHS)
def test_a_secret_has_the_length_that_the_example_says(tmp_path: Path, name: str) -> None:
    assert start(tmp_path, **{name: "k" * LENGTHS[name]}).returncode == 0

    short = start(tmp_path, **{name: "k" * (LENGTHS[name] - 1)})

    assert short.stderr.startswith(f"Amends cannot start: {name} must be at least {LENGTHS[name]} ")


def test_what_readme_and_the_containers_set_is_explained() -> None:
    told = (ROOT / "README.md").read_text() + (ROOT / "SECURITY.md").read_text()
    named = set(re.findall(r"`((?:AMENDS|SMTP|MIGRATE)_[A-Z_]+|[A-Z]+_(?:URL|HOSTS|KEY|CONCURRENCY|PASSWORD))\b", told))

    assert named <= set(explained())


@pytest.mark.parametrize(
    "sender", ["Amends <amends@example.com>", "amends", "amends@", "a@b@c", "a@-b.example", "a..b@c"]
)
def test_a_sender_that_no_mail_can_have_stops_the_start(tmp_path: Path, sender: str) -> None:
    ended = start(tmp_path, **PUBLIC, AMENDS_MAIL_FROM=sender)

    assert (ended.returncode, ended.stderr) == (
        3,
        "Amends cannot start: AMENDS_MAIL_FROM must be a mail address such as bounces@example.com.\n",
    )


def test_hosts_without_the_one_of_the_address_stop_the_start(tmp_path: Path) -> None:
    ended = start(tmp_path, **PUBLIC | {"ALLOWED_HOSTS": "www.example.com"})

    assert ended.returncode == 3
    assert ended.stderr.startswith("Amends cannot start: ALLOWED_HOSTS must name the host that people use, amends.")


@pytest.mark.parametrize(
    ("words", "environ", "sentence"),
    [
        (["-c", "import recovery.wsgi"], {}, "static files are not collected in "),
        (
            ["manage.py", "migrate"],
            {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "the database cannot be used: ",
        ),
    ],
)
def test_what_cannot_start_says_why_in_one_sentence(
    tmp_path: Path, words: list[str], environ: dict[str, str], sentence: str
) -> None:
    environ = {"AMENDS_VAR": str(tmp_path), "CELERY_BROKER_URL": "redis://127.0.0.1:1/0", **environ}

    ended = subprocess.run(  # noqa: S603  (our own words)
        [sys.executable, *words], env=environ, cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 3
    assert ended.stderr.startswith(f"Amends cannot start: {sentence}")
    assert ended.stderr.count("\n") == 1
