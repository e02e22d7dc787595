"""From coded pixels to pixels as they are shown: one file for each family of codings, one for colours.

Everything here is a function of bytes and a `PixelFormat`. It opens no file, keeps no cache and trusts
nothing: the size that a codestream declares is compared with the header before a decoder sees it.
"""
