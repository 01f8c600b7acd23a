from procrastinate.contrib.django import app

from mioboe.people.models import Person
from mioboe.signins import actions


@app.periodic(cron="* * * * * */3")
@app.task(name="signins.fold", queueing_lock="signins.fold")
def fold(timestamp: int) -> None:
    """Adds what sign-ins have shown to everybody's tallies."""
    actions.fold()


@app.periodic(cron="17 * * * *")
@app.task(name="signins.keep_months", queueing_lock="signins.keep_months")
def keep_months(timestamp: int) -> None:
    """Makes the coming months' partitions and drops those too old."""
    actions.keep_months()


@app.task(name="signins.tell_of_tries")
def tell_of_tries(person_id: int) -> None:
    """Mails the account's owner that somebody tries to get in, once a day."""
    person = Person.objects.filter(pk=person_id).first()
    if person:
        actions.tell_of_tries(person)
