"""Where the parts of the product that may not know each other are joined."""

from django.apps import AppConfig
from django.utils.module_loading import import_string


class SiteConfig(AppConfig):
    name = "recovery"
    verbose_name = "Site"

    def ready(self) -> None:
        # Named, not imported: models cannot be loaded before every app is.
        queued = import_string("cases.mail.outbox.queued")
        queued.connect(import_string("cases.tasks.deliver_soon"), dispatch_uid="deliver soon")
