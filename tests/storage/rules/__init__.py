"""A club's rules a second time, as the design states them, to hold services and databases against."""
