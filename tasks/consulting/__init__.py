"""征求意见: what is read, listed and filtered; the services that change it are in `tasks.services`."""
