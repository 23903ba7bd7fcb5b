"""Units in a tree, people, posts, assignments, and who may do what."""
