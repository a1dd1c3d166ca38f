"""Text PDFs: pages of placed characters in, paragraphs and table rows in reading order out.

A PDF knows no paragraphs, only characters and lines at places on a page. They are put together again from the
geometry: lines from baselines, columns from the gap between them, tables from their ruled lines, paragraphs from
indents and full lines. Page numbers and running heads are set aside as furniture, never silently.

The work is done in a process of its own (:mod:`tasks.reader.pdf.worker`) with bounds on time and memory: whatever a
file does to the PDF engine, the application goes on.
"""
