"""How fast owed mail leaves, beside a bare loop; how much memory that takes; and what a second worker is worth."""
