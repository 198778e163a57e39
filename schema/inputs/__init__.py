"""What clients may send, one file a room."""
