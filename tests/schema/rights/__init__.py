"""Who may see and do what: one world, every role, every type and every mutation."""
