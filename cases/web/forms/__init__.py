"""Forms for people: what may be typed, and which action it becomes."""
