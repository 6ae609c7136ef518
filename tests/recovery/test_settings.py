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
