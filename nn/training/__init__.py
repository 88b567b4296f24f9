"""Training: the data, the steps, the loops over epochs and batches, the progress bar."""
