"""The command line: one file per command family; commands parse, call the library, print."""
