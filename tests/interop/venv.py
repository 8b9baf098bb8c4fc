# SPDX-License-Identifier: GPL-3.0-or-later
"""An environment with readers that others wrote, from PyPI, made once below the build folder."""
import os
import subprocess
import sys

SKIPPED = 77


def python_with(build, name, modules, packages=None):
    """An interpreter that imports all of @p modules; None where PyPI is not to be had."""
    folder = os.path.join(build, name)
    python = os.path.join(folder, "bin/python")

    def has_all():
        wanted = "import " + ", ".join(modules)
        return os.path.exists(python) and subprocess.run(
            [python, "-c", wanted], capture_output=True, check=False).returncode == 0

    if not has_all():
        subprocess.run([sys.executable, "-m", "venv", folder], capture_output=True, check=False)
        try:
            subprocess.run([python, "-m", "pip", "install", "-q", *(packages or modules)],
                           capture_output=True, check=False, timeout=600)
        except (OSError, subprocess.SubprocessError):
            return None
    return python if has_all() else None
