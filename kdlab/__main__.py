"""`python -m kdlab`, and `accelerate launch -m kdlab`: the command line."""

from kdlab.cli import main

if __name__ == "__main__":
    main()
