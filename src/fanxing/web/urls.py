"""The address of every page."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from fanxing.web.views import account, entering, inbox, public, records, scores, shell, unit_list, unit_tree, units, workbench

urlpatterns = [
    path("", public.front, name="front"),
    path("stars/", public.stars, name="stars"),
    path("stars.xlsx", public.stars_excel, name="stars_excel"),
    path("desk/", workbench.home, name="home"),
    path("units/", unit_list.units, name="units"),
    path("units.xlsx", unit_list.units_excel, name="units_excel"),
    path("units/<str:code>/overview/", unit_list.overview, name="overview"),
    path("units/<str:code>/overview.xlsx", unit_list.overview_excel, name="overview_excel"),
    path("units/<str:code>/", units.unit, name="unit"),
    path("units/<str:code>/scores.xlsx", units.unit_excel, name="unit_excel"),
    path("units/<str:code>/scores/<str:id>/", scores.unit_star, name="unit_star"),
    path("units/<str:code>/figures/<str:id>/", scores.fact_records, name="fact_records"),
    path("units/<str:code>/records/", records.records, name="records"),
    path("units/<str:code>/records.xlsx", records.records_excel, name="records_excel"),
    path("units/<str:code>/records/new/", entering.record_kinds, name="record_kinds"),
    path("units/<str:code>/records/new/<str:kind>/", entering.record_new, name="record_new"),
    path("tree/", unit_tree.unit_tree, name="unit_tree"),
    path("tree/<str:code>/", unit_tree.unit_keeping, name="unit_keeping"),
    path("tree/<str:code>/below/", unit_tree.unit_below, name="unit_below"),
    path("tree/<str:code>/<slug:change>/", unit_tree.unit_change, name="unit_change"),
    path("records/<int:id>/", records.record, name="record"),
    path("records/<int:id>/correct/", entering.record_correct, name="record_correct"),
    path("records/<int:id>/withdraw/", entering.record_withdraw, name="record_withdraw"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox.xlsx", inbox.inbox_excel, name="inbox_excel"),
    path("inbox/<int:id>/<slug:act>/", inbox.inbox_act, name="inbox_act"),
    path("units/<str:code>/inbox/new/", inbox.inbox_new, name="inbox_new"),
    path("sign-in/", account.SignIn.as_view(), name="sign_in"),
    path("sign-in/as/<slug:username>/", account.sign_in_as, name="sign_in_as"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("password/", account.password, name="password"),
    path("text-size/", shell.text_size, name="text_size"),
    path("healthz", shell.healthz, name="healthz"),
]
