"""The task 'letters' of the example. With inspect itself, its @task function stands here; the stand-in in bin/inspect scores it directly."""
