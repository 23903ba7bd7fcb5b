"""What the demo promises: the tallies, told once for the tests of the rows and of the loaded demo."""

# The township of the flagships.
TIERS = {"5": 1, "4": 1, "3": 16, "2": 9, "0": 1}
STARS = {"party_branch": 1, "industry": 4, "ecology": 24, "safety": 19, "civility": 27}
# The city: the counts that were published (34 and 246 villages, 4 and 35 communities, 852 of three stars in both together,
# 9 organs and 20 enterprises of five), and those between them.
COUNTS = {"village": 2_349, "community": 177, "organ": 60, "enterprise": 300}
VILLAGES = {"5": 34, "4": 246, "3": 790, "2": 652, "1": 437, "0": 183, "": 7}
COMMUNITIES = {"5": 4, "4": 35, "3": 62, "2": 45, "1": 22, "0": 8, "": 1}
ORGANS = {"5": 9, "4": 17, "3": 18, "2": 11, "1": 4, "0": 1}
ENTERPRISES = {"5": 20, "4": 48, "3": 92, "2": 83, "1": 41, "0": 16}
