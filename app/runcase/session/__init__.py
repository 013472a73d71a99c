"""One open store as Qt sees it: jobs, outside changes, and who asks for what."""
