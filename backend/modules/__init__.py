"""The business: each folder is one noun family and may be deleted."""
