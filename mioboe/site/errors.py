class StartError(Exception):
    """Something is wrong with the machine or a setting: one line for the operator, printed without a traceback."""
