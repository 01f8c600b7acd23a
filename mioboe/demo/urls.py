from django.urls import path

from mioboe.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.home, name="home"),
    path("stand/", views.stand, name="stand"),
    path("mailbox/<str:address>/", views.mailbox, name="mailbox"),
    path("mailbox/<str:address>/<str:key>/", views.mail, name="mail"),
    path("mailbox/<str:address>/<str:key>/html/", views.mail_html, name="mail_html"),
    path("telephone/<str:number>/", views.telephone, name="telephone"),
    path("telephone/<str:number>/<str:verb>/", views.telephone_verb, name="telephone_verb"),
    path("bank/statement.csv", views.statement_csv, name="statement_csv"),
]
