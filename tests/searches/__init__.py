"""What people type and what they mean by it: 200 labelled searches, and the catalogues they are put to."""
