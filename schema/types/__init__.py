"""The GraphQL types, one file a room."""
