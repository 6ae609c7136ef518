"""Tags that only the templates use."""
