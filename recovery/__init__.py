"""The site: wiring only, no word of the product's domain."""

from recovery.celery import app as celery_app

__all__ = ["celery_app"]
