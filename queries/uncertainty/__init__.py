"""How sure a result is: what it would be if the assumptions were others within their ranges."""
