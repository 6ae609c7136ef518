"""A table for what cases are found by, and what is derived of people's names and numbers (``0018`` fills them).

Going back leaves the old search without words: a case is found again once it has changed.
"""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

before = import_module("cases.migrations.0002_search")


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0027_forget_links_to_passwords'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='cases.case')),
                ('search_text', models.TextField()),
            ],
        ),
        migrations.AlterModelOptions(
            name='category',
            options={'ordering': ('name_key', 'pk'), 'verbose_name_plural': 'categories'},
        ),
        migrations.AlterModelOptions(
            name='cause',
            options={'ordering': ('name_key', 'pk')},
        ),
        migrations.AlterModelOptions(
            name='customer',
            options={'ordering': ('name_key', 'pk')},
        ),
        migrations.AlterModelOptions(
            name='team',
            options={'ordering': ('name_key', 'pk')},
        ),
        migrations.AlterModelOptions(
            name='user',
            options={'ordering': ('name_key', 'pk')},
        ),
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_name',
        ),
        migrations.RunPython(before.remove, before.install),
        migrations.RemoveField(
            model_name='case',
            name='search_text',
        ),
        migrations.AddField(
            model_name='category',
            name='name_key',
            field=models.TextField(blank=True, default='', editable=False),
        ),
        migrations.AddField(
            model_name='cause',
            name='name_key',
            field=models.TextField(blank=True, default='', editable=False),
        ),
        migrations.AddField(
            model_name='customer',
            name='former',
            field=models.TextField(blank=True, editable=False, help_text='Former phone numbers and mail addresses, one a line: found by them, never mailed.'),
        ),
        migrations.AddField(
            model_name='customer',
            name='name_key',
            field=models.TextField(blank=True, default='', editable=False),
        ),
        migrations.AddField(
            model_name='customer',
            name='phone_key',
            field=models.TextField(blank=True, default='', editable=False),
        ),
        migrations.AddField(
            model_name='customer',
            name='search_text',
            field=models.TextField(blank=True, default='', editable=False),
        ),
        migrations.AddField(
            model_name='team',
            name='name_key',
            field=models.TextField(blank=True, default='', editable=False),
        ),
        migrations.AddField(
            model_name='user',
            name='name_key',
            field=models.TextField(blank=True, default='', editable=False),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['name_key', 'id'], name='customer_name_key'),
        ),
    ]
