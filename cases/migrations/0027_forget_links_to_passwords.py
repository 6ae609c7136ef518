"""Invitations of earlier releases kept the link that sets a colleague's password. It is forgotten where the mail's fate
is known; those that wait become mails of sign-in. Forgotten words cannot come back, so backwards does nothing."""

from django.db import migrations

_LINK = "/accounts/password/reset/key/"


def forget_links(apps, _schema_editor):
    invitations = apps.get_model("cases", "Message").objects.filter(
        purpose="notice", audience="staff", case__isnull=True, text__contains=_LINK
    )
    invitations.exclude(status="queued").update(text="", html="", raw=b"", purpose="sign_in")
    invitations.update(purpose="sign_in")


class Migration(migrations.Migration):
    dependencies = [("cases", "0026_sign_in_mail_and_notices")]

    operations = [migrations.RunPython(forget_links, migrations.RunPython.noop, elidable=True)]
