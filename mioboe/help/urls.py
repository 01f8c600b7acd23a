from django.urls import path

from mioboe.help import views
from mioboe.help.views import approve, call_again, calls, cases, not_me, notices, safety, sign_ins, statements

app_name = "help"
urlpatterns = [
    path("", views.home.home, name="home"),
    path("contact/", views.home.contact, name="contact"),
    path("not-me/<str:secret>/", not_me.not_me, name="not_me"),
    path("not-me/<str:secret>/new/", not_me.new_link, name="new_link"),
    path("call-again/<str:secret>/", call_again.call_again, name="call_again"),
    path("approve/<str:secret>/", approve.approve, name="approve"),
    path("orders/<str:number>/", cases.report_order, name="report_order"),
    path("cases/", cases.mine, name="cases"),
    path("cases/<str:number>/", cases.case, name="case"),
    path("cases/<str:number>/call/", calls.ask, name="call"),
    path("cases/<str:number>/waiting/", calls.waiting, name="waiting"),
    path("cases/<str:number>/waiting/panel/", calls.panel, name="waiting_panel"),
    path("cases/<str:number>/waiting/<str:verb>/", calls.verb, name="call_verb"),
    path("cases/<str:number>/statement/", statements.check, name="statement"),
    path("statement/", statements.check, name="any_statement"),
    path("statement/lines/<int:pk>/case/", statements.line_case, name="statement_line"),
    path("safety/", safety.home, name="safety"),
    path("safety/devices/<int:pk>/name/", safety.name, name="device_name"),
    path("safety/devices/<int:pk>/remove/", safety.remove, name="device_remove"),
    path("safety/sign-out/", safety.sign_out, name="sign_out"),
    path("safety/sign-ins/", sign_ins.history, name="sign_ins"),
    path("safety/sign-ins/export.csv", sign_ins.export, name="sign_ins_csv"),
    path("safety/sign-ins/<int:pk>/", sign_ins.sign_in, name="sign_in"),
    path("safety/notice/<str:secret>/", notices.notice, name="notice"),
    path("safety/notice/<str:secret>/new/", notices.new_link, name="notice_new_link"),
]
