"""What the rules decide, tried without a database and without a clock."""
