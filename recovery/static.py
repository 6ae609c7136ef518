"""Static files under names that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

from typing import override

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Remembers the address of each file: every page names a dozen, and reckoning them takes as long as a query.

    A process sees one set of files as long as it lives.
    """

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        self._addresses: dict[str, str] = {}

    @override
    def url(self, name: str, force: bool = False) -> str:  # Django's signature
        if name not in self._addresses:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]
