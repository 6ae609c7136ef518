"""Static files under names that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

from typing import override

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Remembers the address of each file: every page names a dozen, and reckoning them takes as long as a query.

    A process sees one set of files as long as it lives.
    """

    support_js_module_import_aggregation = True

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[str, str] = {}

    @override
    def load_manifest(self) -> tuple[dict[str, str], str]:
        """A manifest that cannot be read, as a full disk may leave one, names no file: all of them are missing."""
        try:
            files, digest = super().load_manifest()
        except (ValueError, AttributeError, OSError):
            return {}, ""
        is_whole = isinstance(files, dict) and all(isinstance(name, str) for name in files.values())
        return (files, digest) if is_whole else ({}, "")

    @override
    def url(self, name: str, force: bool = False) -> str:  # Django's signature
        if name not in self._addresses:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]

    def missing(self) -> str:
        """A sentence where a page would ask for a file that was not collected; empty where all are there."""
        if settings.DEBUG:  # then each file is served from where it lies
            return ""
        wanted = {name for finder in get_finders() for name, _ in finder.list([])}
        gone = sorted(name for name in wanted if not self._is_collected(name))
        if not gone:
            return ""
        return (
            f"static files are not collected in {self.location}, such as {gone[0]}; run "
            "`manage.py collectstatic`, or let AMENDS_STATIC name the folder where they are"
        )

    def _is_collected(self, name: str) -> bool:
        collected = self.hashed_files.get(self.hash_key(self.clean_name(name)))
        return collected is not None and self.exists(collected)
