"""What travels between the service and the workers, and the clients for it: settings, blobs, queue, messages."""
