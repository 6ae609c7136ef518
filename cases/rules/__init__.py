"""Pure decisions: values in, an answer or an error out. No database, no clock, no settings."""
