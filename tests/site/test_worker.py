"""What jobs defer belongs to their transaction, in a worker as in a request."""

from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from mioboe.site import jobs


def test_a_job_defers_in_its_own_transaction(monkeypatch):
    seen = []

    def run_worker(worker: App, **options: object) -> None:
        assert worker.tasks["mails.send_mail"] and worker.periodic_registry.periodic_tasks
        seen.append((type(app.connector), worker.connector is app.connector))

    monkeypatch.setattr(App, "run_worker", run_worker)
    jobs.work()
    assert seen == [(DjangoConnector, False)]
