//! Lines and positions in a text: line index, UTF-8 and UTF-16 columns, clamping. No I/O, no protocol types.
