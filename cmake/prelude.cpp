// Nothing: what many files share is compiled for it once, see precompile.cmake.
