"""Mail: composed in the transaction that decides on it, delivered from the outbox."""
