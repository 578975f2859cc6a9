"""Pages that an analyst reads: what one evaluation found, and what became of it against another run.

Each is one file that needs nothing from outside: style and script stand in it, its Content-Security-Policy forbids the
network, and the figures can be read without JavaScript.
"""

from qa_service.evaluation.report.comparison_page import write_comparison
from qa_service.evaluation.report.report_page import write_report

__all__ = ["write_comparison", "write_report"]
