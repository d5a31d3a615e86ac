"""XLSX as a file: zip, markup, parts, cells, edits. The only place that knows how an XLSX is written."""
