"""Mail may bounce. Reversible as long as no question to a customer has: what came before does not know of that."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_taken_noted_apart'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='message',
            name='message_sent_when',
        ),
        migrations.RemoveConstraint(
            model_name='satisfactioncheck',
            name='check_answered_with_answer',
        ),
        migrations.AddField(
            model_name='user',
            name='unreachable_because',
            field=models.CharField(blank=True, max_length=500, verbose_name='what their mail server said'),
        ),
        migrations.AddField(
            model_name='user',
            name='unreachable_since',
            field=models.DateTimeField(blank=True, help_text='When their mail server first refused our mail for good.', null=True, verbose_name='mail fails since'),
        ),
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('case.logged', 'logged the mistake'), ('case.imported', 'imported the case'), ('case.changed', 'changed the case'), ('case.assigned', 'changed the owner'), ('case.closed', 'closed the case'), ('case.reopened', 'reopened the case'), ('case.escalated', 'escalated the case'), ('severity.changed', 'changed the severity'), ('priority.raised', 'raised the priority'), ('round.opened', 'opened another round of recovery'), ('clock.paused', 'paused the clock'), ('clock.resumed', 'let the clock run again'), ('concern.added', 'noted another concern'), ('concern.settled', 'settled a concern'), ('contact.logged', 'recorded a contact'), ('note.added', 'added a note'), ('step.settled', 'completed a step'), ('step.waived', 'waived a step'), ('approval.asked', 'asked for a second person'), ('approval.decided', 'decided as the second person'), ('apology.drafted', 'drafted the apology'), ('apology.reviewed', 'reviewed the apology'), ('apology.queued', 'handed the apology to the mail'), ('apology.sent', 'apologized'), ('apology.bounced', 'learned that the apology did not arrive'), ('correction.planned', 'planned the fix'), ('correction.done', 'put it right'), ('correction.impossible', 'recorded that it cannot be put right'), ('correction.failed', 'recorded that the fix failed'), ('compensation.proposed', 'proposed a compensation'), ('compensation.changed', 'moved a compensation on'), ('promise.made', 'made a promise'), ('promise.kept', 'kept a promise'), ('promise.broken', 'broke a promise'), ('promise.renegotiated', 'agreed a new date for a promise'), ('promise.cancelled', 'was released from a promise'), ('customer.asked', 'asked whether we made it right'), ('customer.answered', "recorded the customer's answer"), ('follow_up.drafted', 'drafted the follow-up'), ('follow_up.queued', 'handed the follow-up to the mail'), ('follow_up.sent', 'told the customer what changed'), ('follow_up.bounced', 'learned that the follow-up did not arrive'), ('follow_up.response', 'recorded what came of the follow-up'), ('link.made', 'made a link for the customer'), ('cause.changed', 'changed the cause'), ('prevention.added', 'added a prevention action'), ('prevention.changed', 'moved a prevention action on'), ('reminder.sent', 'was reminded'), ('reminder.seen', 'has seen the reminder'), ('reminders.quiet', 'put off reminders'), ('message.failed', 'learned that a mail could not be sent'), ('message.bounced', 'learned that a mail did not arrive')], max_length=32),
        ),
        migrations.AlterField(
            model_name='message',
            name='purpose',
            field=models.CharField(choices=[('early', 'Reminder of what is not late yet'), ('reminder', 'Reminder'), ('escalation', 'Escalation'), ('notice', 'Notice'), ('test', 'Test mail'), ('undelivered', 'Notice of a mail that did not arrive'), ('acknowledgement', 'Acknowledgement'), ('apology', 'Apology'), ('satisfaction', 'Question to the customer'), ('follow_up', 'Follow-up')], max_length=24),
        ),
        migrations.AlterField(
            model_name='message',
            name='status',
            field=models.CharField(choices=[('queued', 'Waiting to be sent'), ('sent', 'Sent'), ('bounced', 'Bounced'), ('failed', 'Could not be sent'), ('cancelled', 'No longer needed')], default='queued', max_length=24),
        ),
        migrations.AlterField(
            model_name='satisfactioncheck',
            name='status',
            field=models.CharField(choices=[('asked', 'Asked'), ('answered', 'Answered'), ('no_answer', 'No answer'), ('bounced', 'Bounced'), ('superseded', 'Answered again later')], default='asked', max_length=24),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('sent', 'bounced')), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='message_sent_when'),
        ),
        migrations.AddConstraint(
            model_name='satisfactioncheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('asked', 'no_answer', 'bounced')), ('answer', ''), ('answered_at__isnull', True)), models.Q(('status__in', ('answered', 'superseded')), models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='check_answered_with_answer'),
        ),
    ]
