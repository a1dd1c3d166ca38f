"""Speed of the product, measured as ratios within one run; see README.md."""
