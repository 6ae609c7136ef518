"""Fills the keys and codes of 0031 in rows that are older. Who owed at a lapse comes from events; where they do not tell,
it is not recorded. Backwards, only the codes change back: the columns of the keys go with 0031."""

from collections import defaultdict

from django.db import migrations
from django.db.models import F, OuterRef, Q, Subquery

DROPPED = {
    "no longer owed": "no_longer_owed",
    "due at another moment by now": "another_moment",
    "told with a later one": "told_above",
    "they want no mail before something is late": "not_wanted",
    "there is nobody above": "nobody_above",
}
FAILURES = (
    ("The mail server refused the address: ", "address"),
    ("The mail server refused the mail: ", "mail"),
    ("Gave up", "given_up"),
    ("", "unsendable"),
)
MANY = 1000


def fill(apps, _editor):
    fill_owed(apps)
    fill_mails(apps)
    fill_words(apps)
    Message, Reminder = apps.get_model("cases", "Message"), apps.get_model("cases", "Reminder")
    for beginning, code in FAILURES:
        failed = Message.objects.filter(status="failed", failure="", last_error__startswith=beginning)
        failed.update(failure=code)
    for sentence, code in DROPPED.items():
        Reminder.objects.filter(dropped_because=sentence).update(dropped_because=code)


def unfill(apps, _editor):
    Reminder = apps.get_model("cases", "Reminder")
    for sentence, code in DROPPED.items():
        Reminder.objects.filter(dropped_because=code).update(dropped_because=sentence)


def fill_owed(apps):
    """The owner; but where the case went to somebody else after the moment had passed, who had it then."""
    Step, Promise = apps.get_model("cases", "Step"), apps.get_model("cases", "Promise")
    for model in (Step, Promise):
        model.objects.update(owed_by=F("owner"))
    people = People(apps)
    passed = Q(due_at__isnull=False) & (Q(settled_at__isnull=True) | Q(settled_at__gt=F("due_at")))
    for case, handed in handovers(apps):
        for model in (Step, Promise):
            for row in model.objects.filter(passed, case=case):
                later = [one for one in handed if one[0] > row.due_at and one[0] <= (row.settled_at or one[0])]
                if later:
                    owed_by = people.keys.get(later[0][1]) if model is Step else people.before(row.owner_id, later)
                    model.objects.filter(pk=row.pk).update(owed_by=owed_by)


class People:
    """Events name people; a name that two people bear, or nobody any more, tells nothing."""

    def __init__(self, apps):
        self.names, keys = {}, defaultdict(list)
        for key, name, email in apps.get_model("cases", "User").objects.values_list("pk", "name", "email"):
            self.names[key] = name or email
            keys[name or email].append(key)
        self.keys = {name: found[0] for name, found in keys.items() if len(found) == 1}

    def before(self, owner, handed):
        """Whose a promise was before it was handed on, from the last time to the first. It went with the case where
        it was the owner's of the case, as a step always does."""
        for _at, before, after in reversed(handed):
            if after == self.names.get(owner, ""):
                owner = self.keys.get(before)
                if owner is None:
                    return None
        return owner


def handovers(apps):
    """Cases by key, each with when it was handed on, and from whom to whom."""
    events = apps.get_model("cases", "Event").objects.filter(kind="case.assigned").order_by("case", "at", "pk")
    case, handed = None, []
    for key, at, facts in events.values_list("case", "at", "facts").iterator(chunk_size=MANY):
        if key != case and handed:
            yield case, handed
            handed = []
        case = key
        handed.append((at, facts.get("before", ""), facts.get("after", "")))
    if handed:
        yield case, handed


def fill_mails(apps):
    """A mail that left wrote its contact and its step with the very moment at which it left."""
    Contact, Step = apps.get_model("cases", "Contact"), apps.get_model("cases", "Step")
    for model, kind in ((apps.get_model("cases", "Apology"), "apologize"), (apps.get_model("cases", "FollowUp"), "follow_up")):
        left = model.objects.filter(case=OuterRef("case"), message__isnull=False).order_by("pk")
        by_moment = left.filter(sent_at=OuterRef("at"), author=OuterRef("by"))
        mails = Contact.objects.filter(direction="out", channel="email", message__isnull=True)
        mails.update(message=Subquery(by_moment.values("message")[:1]))
        by_round = left.filter(sent_at=OuterRef("settled_at"), round=OuterRef("round"))
        done = Step.objects.filter(kind=kind, status="done", message__isnull=True)
        done.update(message=Subquery(by_round.values("message")[:1]))


def fill_words(apps):
    """What a customer was owed began and ended with the moment of an exchange."""
    Contact, Update = apps.get_model("cases", "Contact"), apps.get_model("cases", "StatusUpdate")
    told = Contact.objects.filter(case=OuterRef("case"), direction="out").order_by("pk")
    begun = told.filter(at=OuterRef("starts_at")).values("pk")[:1]
    Update.objects.filter(reason="silence").update(begun_by=Subquery(begun))
    settled = told.filter(at=OuterRef("settled_at")).values("pk")[:1]
    Update.objects.filter(settled_at__isnull=False).update(settled_in=Subquery(settled))


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0031_who_owed_and_which_mail"),
    ]
    operations = [migrations.RunPython(fill, unfill)]
