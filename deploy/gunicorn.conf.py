"""How gunicorn serves the application, wherever it runs: compose, systemd and `manage.py serve` name this file.

The number of processes and threads comes from the environment (WEB_WORKERS, WEB_THREADS), the address from --bind.
"""

import os

from safetyplan.settings import LOGGING, env

workers = env.int("WEB_WORKERS", default=2)
worker_class = "gthread"
threads = env.int("WEB_THREADS", default=4)
# The application is loaded once and shared by the workers; a new version needs a restart.
preload_app = True
# An upload over a slow line or a large export takes its time; a stop waits for what is under way.
timeout = 120
graceful_timeout = 20
# The workers' heartbeat files need no disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - the files in it are private
control_socket_disable = True
logconfig_dict = LOGGING
