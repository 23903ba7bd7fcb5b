"""What had a life in the city: matters that ended, with all their steps, and some that are still on their way."""
