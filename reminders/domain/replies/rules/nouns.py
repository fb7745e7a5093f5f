"""Nouns that many phrases share: days, visits, people who drive, texts."""

from reminders.domain.replies.phrases import group

DAY = group(
    r"""
    monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|weds?|thurs?|thu|fri|sat|sun|tomorrow|today|
    tonight|week|month|lunes|martes|miercoles|jueves|viernes|sabado|domingo|manana|hoy|semana|mes
    """
)

VISIT = group(
    r"""
    visits?|appointments?|session|slot|spot|booking|reservation|consult\w*|time|treatment|schedule|cita|citas|
    consulta|visita|turno|hora|sesion
    """
)

KIN = group(
    r"""
    husband|wife|spouse|partner|boyfriend|girlfriend|fiancee?|sister|brother|mom|mother|mum|mama|dad|father|papa|
    son|daughter|friend|neighbou?r|cousin|aunt|uncle|niece|nephew|roommate|coworker|caregiver|caretaker|aide|ride|
    driver|buddy|grandma|grandmother|grandson|granddaughter|sister in law|mother in law|in law|pastor|family|kid|
    kids|esposo|esposa|marido|mujer|novio|novia|pareja|hermana|hermano|hijo|hija|amigo|amiga|vecino|vecina|primo|
    prima|tia|tio|cunada|cunado|suegra|suegro|nuera|yerno|chofer|conductor|companer[oa]|nieta|nieto|sobrina|sobrino
    """
)

TEXTS = group(
    r"""
    text|texts|texting|message|messages|messaging|reminders?|notifications?|alerts?|sms|contact\w*|spam\w*|
    bother\w*|harass\w*|bugging|annoying
    """
)

MENSAJES = group(
    r"""
    mensajes?|mensajitos?|textos?|recordatorios?|avisos?|notificaciones|sms|alertas?
    """
)
