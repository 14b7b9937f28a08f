"""Do people follow suggestions because they are there? The blind share and planted errors say."""
