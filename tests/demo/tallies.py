"""What the demo promises: the tallies, told once for the tests of the rows and of the loaded demo."""

TIERS = {"5": 1, "4": 1, "3": 16, "2": 9, "0": 1}
STARS = {"party_branch": 1, "industry": 4, "ecology": 24, "safety": 19, "civility": 27}
