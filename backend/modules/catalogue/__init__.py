"""What the organisation offers: products with a price and a stock."""
