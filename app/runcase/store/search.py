"""The filter and ordering language for runs.

A filter that MLflow 3.18 takes has MLflow's results, exactly; what it refuses is read by a language
of Runcase's own, which adds OR, NOT, numbers in params, functions, durations, dates, plain words.
"""

from runcase.store.search_clauses import clause_for, clauses_on, conjoin, name_of, without
from runcase.store.search_filter import Filter, Unknown, parse
from runcase.store.search_order import Order, OrderClause, parse_order

__all__ = [
    "Filter",
    "Order",
    "OrderClause",
    "Unknown",
    "clause_for",
    "clauses_on",
    "conjoin",
    "name_of",
    "parse",
    "parse_order",
    "without",
]
