from django.urls import path

from mioboe.desk import ledger, limits, lines, parcels, sign_ins, thresholds, topics, views

app_name = "desk"
urlpatterns = [
    path("", views.board, name="home"),
    path("panel/", views.panel, name="panel"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/export.csv", ledger.export, name="ledger_export"),
    path("thresholds/", thresholds.thresholds, name="thresholds"),
    path("limits/", limits.limits, name="limits"),
    path("topics/", topics.topics, name="topics"),
    path("topics/<str:kind>/new/", topics.new, name="topic_new"),
    path("topics/<str:kind>/<int:pk>/", topics.edit, name="topic"),
    path("topics/<str:kind>/<int:pk>/<str:verb>/", topics.move_one, name="topic_move"),
    path("duty/<str:verb>/", views.duty, name="duty"),
    path("calls/<int:pk>/<str:verb>/", views.call_verb, name="call_verb"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/resolve/", views.resolve, name="resolve"),
    path("cases/<str:number>/lines/", lines.lines, name="lines"),
    path("cases/<str:number>/again/<int:pk>/", views.again, name="again"),
    path("cases/<str:number>/sign-ins/", sign_ins.sign_ins, name="sign_ins"),
    path("cases/<str:number>/release/<str:order>/", sign_ins.release, name="release"),
    path("parcels/", parcels.table, name="parcels"),
    path("parcels/list/", parcels.packing_list, name="packing_list"),
    path("parcels/came-back/", parcels.came_back, name="parcel_came_back"),
    path("parcels/<int:pk>/<str:verb>/", parcels.press, name="parcel_press"),
]
