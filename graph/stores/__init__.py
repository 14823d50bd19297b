"""Where facts are kept: the Store, Writer and View roles, and the engines that play them."""
