"""One frozen settings object, read once.

Each setting has a name, a default and a help line. Its value comes from the first of: an argument (the command line),
the environment (`QA_` and the name in capitals), a TOML file (`--config` or `QA_CONFIG`), the default.
"""

from qa_service.settings.loading import ENV_PREFIX, load_settings
from qa_service.settings.model import Settings

__all__ = ["ENV_PREFIX", "Settings", "load_settings"]
