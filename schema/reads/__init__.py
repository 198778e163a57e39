"""Reading: row-backed types are declared, a selection is compiled to SQL. docs/reads.md is the guide."""
