"""What waits for whom, until when: one table for every stage that gives people something to do."""
