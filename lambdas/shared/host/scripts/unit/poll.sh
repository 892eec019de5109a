# Says what became of a unit, and nothing else.
report
