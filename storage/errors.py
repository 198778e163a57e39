"""What a database can do to us. None of these is the caller's fault; a caller may try again later."""


class DatabaseBusy(Exception):
    """Another process kept the database to itself, or no connection came free, for longer than we wait."""


class DatabaseTooSlow(Exception):
    """A statement was stopped because it ran for longer than we allow."""


class DatabaseDamaged(Exception):
    """What the database's file holds cannot be read: somebody or something changed its bytes."""


class NotDurable(Exception):
    """The database would lose acknowledged commits in a power cut; we refuse to start on it."""


class UnusableDatabase(Exception):
    """The URL is not one of ours, or what it names cannot serve us (too old, missing, not a file we may write)."""
