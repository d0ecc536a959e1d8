"""Files as columns: metadata in the row, content at a storage, judged by what it is and served inert."""
