"""What only a browser can show: looks, keyboard, accessibility, and whole recoveries as people play them."""
