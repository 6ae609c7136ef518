"""For the clock: Celery's entry points. Each is a nudge that looks into the database; running one twice does nothing
twice."""
