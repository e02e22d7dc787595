#!/bin/sh
# Prints the Python that .venv is made with: $PYTHON if it is set, else the first of those below that runs and is
# 3.11 or newer. The tested ones (3.11 to 3.13) come before whatever else python3 may be.
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    version=$("$candidate" -c 'import sys; print(sys.version_info >= (3, 11))' 2>/dev/null)
    if [ "$version" = True ]; then
        command -v "$candidate"
        exit 0
    fi
done
echo "No Python 3.11 or newer was found; install one (Debian and Ubuntu: apt-get install python3)" \
     "or name it: make PYTHON=/path/to/python3.11" >&2
exit 1
