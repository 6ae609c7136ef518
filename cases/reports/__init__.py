"""Managers' questions: one function a question, frozen rows out."""
