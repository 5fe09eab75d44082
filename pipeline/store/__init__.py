"""Stage 12: what was read, decided and is waiting, in one database. SQLAlchemy lives here and nowhere else.

==============  ========================================================================================
module          what it does
==============  ========================================================================================
tables          the rows
database        opening, migrating, reading and writing transactions
blobs           scans as files, by content hash
inbox           files that arrived -> scans, or refused with the reason beside them
incoming        files sent through the desk, on their way into the inbox
arrived         what came in, as the scan desk shows it
watchers        who takes in what lies in the inbox, and how it goes
scans           scans and pages: what is known, what is still to be read
readings        sheets in and out of their rows, with people's decisions on top
packets         assembled packets and verdicts -> rows; the same packet keeps its row
answers         what people answered to statements about papers
reclassify      the field of a row whose duties a person corrected
rescans         sides that are to be scanned again
again           the way on with a field that was called unreadable
undoing         operations on packets, taken back
moving          operations on packets, carried out
placings        what people decided about where sides belong
deciding        packets worked out anew, by the batch and for the desk
queue           what waits for a person
decisions       what people decided: append only, hash-chained
careers         what a packet's sheets say of its applicant's experience now
judged          what people said of the fields of rows, beside the duties
counts          numbers for `intake status`
desk_tables     the rows of the review desk
whatif          how sure fields are, counted in bands
users           people, their roles, one-time links
sso_tables      the rows of single sign-on
sso             whose an outside account is, and logins on their way
sessions        who is logged in, and failed logins
audit           who saw and did what: append only, hash-chained
claims          who works on which queue item
dossier         a packet as the person sees it, and the list of packets
history         what people decided about a packet
questions       a queue item as the person sees it
replies         people's replies, kept and taken back
pieces          what of a field may be confirmed at one look, and in which pieces
groups          pieces read as the same sign, from many packets
looks           what people said of pieces
batches         many confirmations at once, kept and taken back
double_tables   the rows of double entry and of test items
double_entry    fields keyed by two people apart from each other, and by an adjudicator where they differ
double_queue    which of them wait for whom
seeded          test items: questions with a known answer among the others
asking          what a person is asked next, and what becomes of the answer
performance     how much each person misses, and how often they are overruled
==============  ========================================================================================
"""

from sqlalchemy.orm import Session

from pipeline.store.database import Store, open_store

__all__ = ["Session", "Store", "open_store"]
