"""Who should look at an item next, and why: rules, work that is opened, policies that are tried."""
