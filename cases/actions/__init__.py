"""The only code that changes a case. Every door calls these; each is one transaction: lock, permit, check, write,
record."""
