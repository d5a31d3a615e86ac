"""From the inbox to submissions: what is there, what is safe to open, what stands in it, what it means."""
