"""The worker, and what becomes of the jobs of one that was killed."""

import structlog
from procrastinate import App, JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Status

log = structlog.get_logger(__name__)
JOBS_AT_ONCE = 4
# Retried and scheduled jobs are found by polling.
POLL_EVERY_S = 1.0
# A worker that was silent for so long counts as dead; its jobs are begun again, which every job must bear.
HEARTBEAT_EVERY_S, SILENCE_LIMIT_S = 2.0, 15.0
# A job that was under way each time a worker died is put aside: it may be what kills them.
MOST_DEATHS = 20


def work() -> None:
    """Runs jobs until SIGTERM or SIGINT; what is under way is finished first. Any number of workers may run."""
    assert isinstance(app.connector, DjangoConnector)
    # An app of the worker's own: the jobs' own `app` keeps Django's connection, so that what a job defers in a transaction
    # is there exactly if the transaction commits. With the worker's connection it would be found before that.
    worker = App(connector=app.connector.get_worker_connector())
    worker.tasks, worker.periodic_registry = app.tasks, app.periodic_registry
    worker.run_worker(
        concurrency=JOBS_AT_ONCE,
        fetch_job_polling_interval=POLL_EVERY_S,
        update_heartbeat_interval=HEARTBEAT_EVERY_S,
        stalled_worker_timeout=SILENCE_LIMIT_S,
        delete_jobs="successful",
    )


@app.periodic(cron="* * * * * */5")
@app.task(name="site.begin_again", queueing_lock="site.begin_again", pass_context=True)
async def begin_again(context: JobContext, timestamp: int) -> None:
    """Puts the jobs of dead workers back into the queue. procrastinate finds them, but leaves them be."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=SILENCE_LIMIT_S):
        if job.attempts < MOST_DEATHS:
            log.warning("job_begun_again", job=job.id, task=job.task_name, attempts=job.attempts)
            await jobs.retry_job(job)
        else:
            log.error("job_put_aside", job=job.id, task=job.task_name, attempts=job.attempts)
            await jobs.finish_job(job, Status.FAILED, delete_job=False)
