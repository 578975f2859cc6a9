"""HTML pages: the report of an evaluation and the report of a comparison.

Each page is one file with its style and script. Its Content-Security-Policy forbids the network, and the figures need
no JavaScript.
"""

from qa_service.evaluation.report.comparison_page import write_comparison
from qa_service.evaluation.report.report_page import write_report

__all__ = ["write_comparison", "write_report"]
