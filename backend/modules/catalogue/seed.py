"""A few products for the demonstration account, made up here."""
