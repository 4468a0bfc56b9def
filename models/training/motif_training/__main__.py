"""Entry point: python -m motif_training COMMAND ..."""

from __future__ import annotations

import sys

COMMANDS = {
    "sheet": "contact sheet of the motion world (look at it)",
    "keyframes": "train keyframes and the text encoder",
    "stage": "train interpolation, sr1, vae or sr2",
    "export": "write the pack from the runs",
    "eval": "measure keyframes on held-out prompts",
    "stages": "measure the stages after keyframes",
    "truth": "write what the product's evaluation compares with",
    "looks": "train the checker that names the look of a frame",
}


def main() -> None:
    """Runs one command."""
    command, rest = (sys.argv[1] if len(sys.argv) > 1 else ""), sys.argv[2:]
    if command == "sheet":
        from .sheet_command import main as run
    elif command == "keyframes":
        from .train_keyframes import main as run
    elif command == "stage":
        from .train_stage import main as run
    elif command == "export":
        from .export import main as run
    elif command == "eval":
        from .evaluate import main as run
    elif command == "stages":
        from .check_stages import main as run
    elif command == "truth":
        from .truth_command import main as run
    elif command == "looks":
        from .look_checker import main as run
    else:
        lines = "\n".join(f"  {name:10} {text}" for name, text in COMMANDS.items())
        sys.exit(f"usage: python -m motif_training COMMAND ...\n{lines}")
    run(rest)


if __name__ == "__main__":
    main()
