# The application as one image: web, worker, beat and the one-off commands are the same image with another command.
# It does what script/setup does on a machine. For a mirror of the package sources see docs/部署.md; none is named here.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
ARG NODE_IMAGE=node:22-bookworm-slim

# ---- front-end files: downloaded by npm, chosen by script/vendor-static below --------------------------------------
FROM ${NODE_IMAGE} AS front-end
# npm reads its registry from this variable; empty means its own.
ARG NPM_CONFIG_REGISTRY=
WORKDIR /build
COPY .npmrc package.json package-lock.json ./
RUN if [ -z "$NPM_CONFIG_REGISTRY" ]; then unset NPM_CONFIG_REGISTRY; fi; \
    npm ci --ignore-scripts --no-update-notifier --no-audit --no-fund --loglevel=error

# ---- free typefaces for 仿宋 and 楷体, out of Debian's TeX package, which is not installed --------------------------
FROM ${PYTHON_IMAGE} AS fonts
WORKDIR /build
RUN apt-get update -qq \
    && apt-get download -qq -o APT::Sandbox::User=root texlive-lang-chinese \
    && dpkg-deb --fsys-tarfile texlive-lang-chinese_*.deb >package.tar \
    && tar -xf package.tar --wildcards '*/public/fandol/FandolFang-Regular.otf' '*/public/fandol/FandolKai-Regular.otf' \
    && mkdir /fonts \
    && find . -name 'Fandol*.otf' -exec mv {} /fonts/ \; \
    && test -s /fonts/FandolFang-Regular.otf \
    && test -s /fonts/FandolKai-Regular.otf

# ---- what everything below stands on ---------------------------------------------------------------------------------
FROM ${PYTHON_IMAGE} AS base
ENV LANG=C.UTF-8 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PATH=/opt/venv/bin:$PATH
# Debian's security updates come with the build: the versions are those of the day.
# hadolint ignore=DL3008
RUN apt-get update -qq \
    && apt-get upgrade -y -qq \
    && apt-get install -y -qq --no-install-recommends \
        fontconfig fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 tini tzdata \
    && rm -rf /var/lib/apt/lists/*

# ---- Python packages (hashed, wheels only) and static files ------------------------------------------------------------
FROM base AS build
ARG PIP_INDEX_URL=
WORKDIR /opt/safetyplan
COPY requirements.txt ./
RUN if [ -z "$PIP_INDEX_URL" ]; then unset PIP_INDEX_URL; fi; \
    python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --only-binary :all: \
        --require-hashes -r requirements.txt
COPY . .
COPY --from=fonts /fonts var/fonts-free
COPY --from=front-end /build/node_modules node_modules
# Collecting needs settings but nothing of the site: the key made for it goes with its folder.
RUN python script/vendor-static \
    && VAR_DIR=/tmp/build STATIC_ROOT=/opt/safetyplan/staticfiles python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/build node_modules package.json package-lock.json .npmrc \
    && python -m compileall -q -j 0 . \
    # Collected files are closed to others, and so may be a checkout: the account below has to read them all.
    && chmod -R a+rX,go-w .

# ---- the image -------------------------------------------------------------------------------------------------------
FROM base
ARG VERSION=unknown
LABEL org.opencontainers.image.title="安委办工作要点督办系统" \
      org.opencontainers.image.version="${VERSION}"
# Numbers, because a volume filled on one machine is read on another.
RUN groupadd --gid 10001 safetyplan \
    && useradd --uid 10001 --gid safetyplan --home-dir /var/lib/safetyplan --no-create-home \
        --shell /usr/sbin/nologin safetyplan \
    && install -d -o safetyplan -g safetyplan -m 0750 /var/lib/safetyplan
WORKDIR /opt/safetyplan
# Owned by root: the application cannot change itself.
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/safetyplan /opt/safetyplan
ENV VAR_DIR=/var/lib/safetyplan \
    STATIC_ROOT=/opt/safetyplan/staticfiles \
    LOG_FORMAT=json
VOLUME /var/lib/safetyplan
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "deploy/alive.py", "http://127.0.0.1:8000/healthz"]
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", "0.0.0.0:8000", "safetyplan.wsgi"]
