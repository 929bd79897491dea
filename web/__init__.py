"""HTTP, pages and commands: the outermost package, holding the one place where domain, ledger and projections meet."""
