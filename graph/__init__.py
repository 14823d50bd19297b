"""What is known, at which date, on whose word; and the production network compiled from it."""
