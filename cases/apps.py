"""The Django application that holds the product."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Everything a recovery needs; the site around it is ``recovery/``."""

    name = "cases"
    verbose_name = "Service recovery"
    default_auto_field = "django.db.models.BigAutoField"
