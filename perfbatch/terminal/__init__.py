"""What the terminal shows. English for whoever runs the server; Chinese for what a department reads (check, explain).

Whatever comes from a workbook or a file name is printed inert: escaped, never as markup or control characters.
"""
