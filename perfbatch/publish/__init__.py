"""What a night leaves in the outbox: the district summary, the run report, and the switch that puts them there."""
