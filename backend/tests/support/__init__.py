"""What tests share: factories, stand-ins for the outside world, real programs."""
