"""Published versions of a programme's rules, each with its digest."""
