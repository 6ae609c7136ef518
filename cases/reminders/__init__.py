"""What is owed by mail because time has passed: plan, bundle, escalate."""
