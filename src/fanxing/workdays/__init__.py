"""Which days are worked: holidays and make-up days as announced, year by year."""
