from mioboe.api.v1 import api

app_name = "api_v1"
urlpatterns = api.urls[0]
