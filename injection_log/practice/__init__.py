"""Practice on a simulated participant: the world it happens in, and the story that `demo --headless` plays."""
