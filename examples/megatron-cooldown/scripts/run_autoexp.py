#!/usr/bin/env python3
"""The predecessor's command, for scripts and fingers that know it: the same as 'vigil run' with the same words."""
import os
import sys

try:
    os.execvp("vigil", ["vigil", "run", *sys.argv[1:]])
except FileNotFoundError:
    sys.exit("there is no 'vigil' on PATH")
