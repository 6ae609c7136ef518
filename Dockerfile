# Amends in a container. What runs in it is what `make run` supervises (see COMMANDS in recovery/serve.py).

FROM python:3.13-slim-bookworm AS build
COPY requirements-uv.txt requirements.txt /build/
RUN pip install --no-cache-dir --require-hashes -r /build/requirements-uv.txt \
    && uv venv --quiet /opt/amends \
    && uv pip install --no-cache --compile-bytecode --python /opt/amends/bin/python --require-hashes -r /build/requirements.txt
WORKDIR /app
COPY . .
RUN /opt/amends/bin/python -m compileall -q cases recovery \
    && AMENDS_VAR=/build/var AMENDS_STATIC=/app/collected /opt/amends/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/amends --create-home --shell /usr/sbin/nologin amends
COPY --from=build /opt/amends /opt/amends
COPY --from=build /app /app
ENV PATH=/opt/amends/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    AMENDS_VAR=/var/lib/amends \
    AMENDS_STATIC=/app/collected \
    AMENDS_LISTEN=0.0.0.0
WORKDIR /app
USER amends
VOLUME /var/lib/amends
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config", "python:recovery.server", "recovery.wsgi"]
