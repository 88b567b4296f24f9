"""A Keras-like neural network library over `autodiff`."""
