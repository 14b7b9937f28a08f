"""The routes of the kernel itself: signing in, people, tokens, jobs, kinds."""
