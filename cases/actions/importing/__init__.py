"""Cases from elsewhere: read a file, translate its columns, load what it tells and nothing that it does not."""
