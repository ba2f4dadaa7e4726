"""What a command is, how it is started and what follows its end."""
