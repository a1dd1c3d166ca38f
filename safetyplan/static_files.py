"""Which static files of the installed libraries are published: those our pages use."""

from django.contrib.staticfiles import apps


class OwnStaticFilesConfig(apps.StaticFilesConfig):
    """Leave out pages of libraries that are switched off here; compressing them would double a first start."""

    # The browsable API of REST framework, Redoc, the second skin of Swagger UI, and source maps nobody refers to.
    ignore_patterns = [
        *apps.StaticFilesConfig.ignore_patterns,
        "rest_framework",
        "redoc",
        "swagger-ui-standalone-preset.*",
        "oauth2-redirect.*",
        "*.js.map",
    ]
