from django.urls import path

from mioboe.help import views
from mioboe.help.views import approve, calls, cases, not_me, statements

app_name = "help"
urlpatterns = [
    path("", views.home.home, name="home"),
    path("contact/", views.home.contact, name="contact"),
    path("not-me/<str:secret>/", not_me.not_me, name="not_me"),
    path("not-me/<str:secret>/new/", not_me.new_link, name="new_link"),
    path("approve/<str:secret>/", approve.approve, name="approve"),
    path("orders/<str:number>/", cases.report_order, name="report_order"),
    path("cases/", cases.mine, name="cases"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/call/", calls.ask, name="call"),
    path("cases/<str:number>/waiting/", calls.waiting, name="waiting"),
    path("cases/<str:number>/waiting/panel/", calls.panel, name="waiting_panel"),
    path("cases/<str:number>/waiting/<str:verb>/", calls.verb, name="call_verb"),
    path("cases/<str:number>/statement/", statements.check, name="statement"),
]
