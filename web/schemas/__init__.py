"""One marshmallow schema a command: the shape of what is sent, as JSON or as a form; its fields are the command's."""
