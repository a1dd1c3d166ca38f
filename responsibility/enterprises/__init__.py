"""What the pages of enterprises are made of: forms, filters, table and Excel sheet."""
