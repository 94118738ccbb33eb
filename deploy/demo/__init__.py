"""The shipped example: a small VGG-style CNN, real Fashion-MNIST images, and the script that made them."""
