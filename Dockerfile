# One image for every process; docker-compose.yml says which one runs.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --no-create-home reminders
WORKDIR /app

COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r requirements.lock

COPY worker.py ./
COPY config ./config
COPY reminders ./reminders

USER reminders
EXPOSE 8000
ENTRYPOINT ["python", "-m", "reminders"]
CMD ["web", "--host", "0.0.0.0", "--port", "8000"]
