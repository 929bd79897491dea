"""The ledger's tests, file for file, on real SQLite files and real keys."""
