"""The language: what a programme's rules can say."""
