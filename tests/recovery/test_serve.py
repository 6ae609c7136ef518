"""What the embedded run does before it starts its processes."""

import os
import socket
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from pytest_django.fixtures import Settings

from recovery import serve
from recovery.static import StaticFiles


def test_a_taken_port_is_said_with_the_way_out(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings.PORT = other.getsockname()[1]
        with pytest.raises(SystemExit):
            serve.refuse_taken_port()

    said = capsys.readouterr().err
    assert said == (
        f"Amends cannot start: port {settings.PORT} is taken; "
        f"choose another, as in: make run PORT={settings.PORT + 1}\n"
    )


def test_a_free_port_is_left_free(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.PORT = probe.getsockname()[1]

    serve.refuse_taken_port()

    with socket.socket() as server:
        server.bind(("127.0.0.1", settings.PORT))


@pytest.fixture
def page(settings: Settings, tmp_path: Path) -> Path:
    """The only static file that there is."""
    source = tmp_path / "source"
    source.mkdir()
    page = source / "page.css"
    page.write_text("a{}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.VAR = tmp_path
    return page


def test_static_files_are_collected_once_and_again_when_one_changed(page: Path) -> None:
    serve.collect_static_files()
    collected = Path(staticfiles_storage.path("page.css"))
    collected.unlink()
    serve.collect_static_files()
    assert not collected.exists()

    page.write_text("b{}")
    os.utime(page, ns=(1, 1))
    serve.collect_static_files()
    assert collected.read_text() == "b{}"


BROKEN = [b"", b"{", b'{"version": "9", "paths": {}}', b"[]", b'{"version": "1.1", "paths": [1]}', b"\xff\xfe"]


@pytest.mark.parametrize("manifest", BROKEN)
def test_a_broken_manifest_counts_as_missing_files_and_is_collected_anew(
    settings: Settings, page: Path, manifest: bytes
) -> None:
    settings.DEBUG = False
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "recovery.static.StaticFiles"}}
    serve.collect_static_files()
    kept = Path(settings.STATIC_ROOT) / "staticfiles.json"
    kept.write_bytes(manifest)
    broken = StaticFiles()
    assert f"static files are not collected in {settings.STATIC_ROOT}, such as {page.name}" in broken.missing()

    settings.STORAGES = {**settings.STORAGES}  # made anew, as in another process
    serve.collect_static_files()

    assert StaticFiles().missing() == ""
