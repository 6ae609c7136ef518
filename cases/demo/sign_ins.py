"""How to sign in to the demonstration. Needs nothing of Django, so that a browser can be driven without it."""

SIGN_INS = {
    "maya@example.com": "copper-lantern-58-tide",
    "tom@example.com": "velvet-harbor-31-moss",
    "priya@example.com": "amber-willow-74-kite",
    "lena@example.com": "silver-orchard-26-fox",
}
"""Addresses and passwords of those who can sign in: an agent, a teammate, a manager, an administrator. Fixed, so that
they can be printed and written down; for a demonstration only."""
