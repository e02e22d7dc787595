"""Views: they show presenter state and report acts. The only place with widgets."""
