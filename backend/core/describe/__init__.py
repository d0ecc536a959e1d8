"""What the application is made of, told from its declarations alone: elements, JSON Schemas, rights of an item."""
