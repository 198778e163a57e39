"""What clients may do, one file a room."""
