"""The mail server of these tests."""

from tests.mail_server import mail_server, mail_through

__all__ = ["mail_server", "mail_through"]
