"""Training code of the embedded pack: worlds rendered by code, graph interpreter, trainers, evaluation."""
