"""What `python3 web` can be told to do, one file a command or a few that belong together."""
