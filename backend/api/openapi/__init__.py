"""The OpenAPI 3.1 document: every route of the address table, told from declarations, as the caller may know it."""
