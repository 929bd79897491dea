"""The pages, one module a noun; each view takes the desk and answers with a page or a response."""
