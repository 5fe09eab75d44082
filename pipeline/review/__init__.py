"""Stage 13: the review desk, a web app that renders its pages on the server. FastAPI lives here and nowhere else.

==============  ========================================================================================
module          what it does
==============  ========================================================================================
app             the app: its routes, its error pages
serving         uvicorn around it; the first admin's link
desk            what every request needs: settings, store, page templates
guard           around every request: headers, sizes, foreign callers, errors without contents
access          who asks, with which role, and whether the form was ours
passwords       argon2
login           logging in and out, one-time links
queue           what waits, by urgency; who works on what
items           one question after the other, from the keyboard
replying        what was chosen or typed -> a reply
related         what the other sheets say about the same thing
pictures        crops and pages, from the scan
experience      one applicant's rows of B: evidence, periods, months
explained       why a text speaks of a field
timeline        periods -> where the bars of a drawing lie
tallies         months per field against what is written
whatif          what another accepted error rate would mean
estimates       the figures of that
words           machine names -> what a reviewer reads
packets         the packet view and its list
packet_page     what the page of a packet shows
placing         sides moved, split off, merged and set aside
rescans         sides to be scanned again, and their list for whoever scans
answering       the way on with a field that was called unreadable
packet_words    roles of sides, and what people decided, in words
people          admins: users, roles, links; the audit log
==============  ========================================================================================

`static/htmx-2.0.11.min.js` is htmx 2.0.11 as published on npm (`dist/htmx.min.js`, 52 kB, licence 0BSD), unchanged.
"""
