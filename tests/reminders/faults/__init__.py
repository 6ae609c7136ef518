"""What reminders are worth when things break: sweeps that are killed, mail servers that misbehave, many sweeps at once.

``make faults`` runs it on PostgreSQL with a mail server in a process of its own, and prints a tally for each fault.
Every one ends the same way: what was owed was delivered or has visibly failed; nothing was lost; and nothing came twice
but, at most once for each killed sweep, the mail that it was just handing over.
"""
