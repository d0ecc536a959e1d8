"""Long work as rows: queued by an edge, done in batches by a worker, each item once."""
