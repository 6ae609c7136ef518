"""What reminders are worth when things break: sweeps that are killed, mail servers that misbehave, many sweeps at once,
databases and brokers that go away, clocks that jump.

``make faults`` runs it on a PostgreSQL and a Redis of its own (``servers``; their programs must be installed, nothing
need be running) with a mail server in a process of its own, and prints a tally for each fault. ``scenarios`` has single
sweeps, ``site`` a real worker and two beats, ``clocks`` the time of day. Every one ends the same way: what was
owed was delivered or has visibly failed; nothing was lost; and nothing came twice but, at most once for each killed
sweep, the mail that it was just handing over. A restart of PostgreSQL counts as such a kill, because a sweep cannot
write down what came of the mail that it has just handed over; one of Redis does not.
"""
