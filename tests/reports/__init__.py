"""Managers' questions, on small sets whose answers are counted by hand."""
