"""What files are made of: one step a format, each reading row by row and writing piece by piece."""
