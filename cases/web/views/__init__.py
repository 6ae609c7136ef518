"""One file a screen. Each fetches what the person may see, calls one action or question, and shows the answer."""
