"""What an action raises when it will not do what was asked."""


class Refused(Exception):
    """The state of things does not allow it; the text is shown to the user as it stands."""


class NotAllowed(Refused):
    """The person asking has no post that permits it."""
