"""Who is who: accounts, users, roles, permissions, groups, sessions and tokens."""
