"""Running an evaluation: questions asked through the service, result files, jobs beside a server."""
