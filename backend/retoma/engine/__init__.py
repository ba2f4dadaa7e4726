"""What queues and resumes work. The row is the truth; the engine moves work."""
