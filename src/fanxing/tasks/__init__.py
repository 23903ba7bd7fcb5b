"""Background work: timetable, retries, outbox for messages."""
