from django.db import migrations


class Migration(migrations.Migration):
    """A session says which sign-in it came from, and when that was: it is not looked for by the session any more."""

    dependencies = [("signins", "0003_device_secrets_and_notices")]

    operations = [migrations.RemoveIndex(model_name="signin", name="sign_ins_session")]
