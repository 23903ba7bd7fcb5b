"""What the demo promises: the tallies, told once for the tests of the rows and of the loaded demo."""

# The township of the flagships.
TIERS = {"5": 1, "4": 1, "3": 16, "2": 9, "0": 1}
STARS = {"party_branch": 1, "industry": 4, "ecology": 24, "safety": 19, "civility": 27}
# The city: the counts that were published, and those between them.
VILLAGES = {"5": 34, "4": 246, "3": 790, "2": 652, "1": 437, "0": 183, "": 7}
