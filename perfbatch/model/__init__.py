"""What everybody needs: submissions, findings, figures, limits, faults, phases."""
