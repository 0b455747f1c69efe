#!/bin/sh
# Write constraints.txt from a clean environment: every direct and indirect package, extras included.
# torch keeps its pin (raise it by hand): a newer one may bring gigabytes of CUDA, which it pins itself.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"${1:-python3}" -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$(grep '^torch==' constraints.txt)"
"$scratch/venv/bin/pip" install --quiet editables '.[book,test,cluster,faiss,lab]'
{
  echo "# Every package that the book, its tests and the extras install, direct and indirect, each pinned."
  echo "# Made by: make constraints   (from a clean environment; torch without its local \"+cpu\" part)"
  "$scratch/venv/bin/pip" freeze --all | sed 's/+cpu//' |
    grep -vE '^(pip|wheel|kdlab)(==| @)|^(nvidia-|cuda-|triton)'
} > "$scratch/constraints.txt"
cp "$scratch/constraints.txt" constraints.txt
