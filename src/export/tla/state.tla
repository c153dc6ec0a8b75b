\* app[p]: what a process holds, and how often it has sent. chan[c]: the items in a channel, head first.
\* part[k][p]: what a process has done for snapshot k, and recorded. ledger[k][c]: the part of a channel in it.
\* The ghost cut: `late` of a message (the snapshots that its sender had recorded), `expected`, `orphan`.
VARIABLES app, chan, part, ledger, ill

vars == <<app, chan, part, ledger, ill>>

\* The state as one record: events make the next one from it, step by step.
Now == [app |-> app, chan |-> chan, part |-> part, ledger |-> ledger, ill |-> ill]

Message(late, amount) == [kind |-> "message", k |-> 0, late |-> late, amount |-> amount]
Marker(k) == [kind |-> "marker", k |-> k, late |-> {}, amount |-> 0]

Init ==
    /\ app = [p \in Processes |-> [balance |-> Start[p], sent |-> 0]]
    /\ chan = [c \in Channels |-> <<>>]
    /\ part = [k \in Snapshots |-> [p \in Processes |->
        [begun |-> FALSE, rec |-> FALSE, balance |-> 0, sent |-> 0, peeked |-> FALSE, peek |-> 0]]]
    /\ ledger = [k \in Snapshots |-> [c \in Channels |->
        [marked |-> FALSE, arrived |-> FALSE, blocked |-> FALSE, status |-> "untouched",
         kept |-> <<>>, expected |-> <<>>, orphan |-> FALSE]]]
    /\ ill = FALSE

Outgoing(p) == {c \in Channels : c[1] = p}
Incoming(p) == {c \in Channels : c[2] = p}
Forward(C) == {c \in C : Number[c[1]] < Number[c[2]]}

-----------------------------------------------------------------------------
\* What the actions of algorithms do: the state after it.

\* A second record changes nothing and makes the state ill-formed.
Record(s, k, p) ==
    IF s.part[k][p].rec THEN [s EXCEPT !.ill = TRUE]
    ELSE [s EXCEPT !.part[k][p] =
        [begun |-> TRUE, rec |-> TRUE, sent |-> s.app[p].sent, peeked |-> FALSE, peek |-> 0,
         balance |-> IF s.part[k][p].peeked THEN s.part[k][p].peek ELSE s.app[p].balance]]

Peek(s, k, p) ==
    IF s.part[k][p].rec THEN s
    ELSE [s EXCEPT !.part[k][p].peeked = TRUE, !.part[k][p].peek = s.app[p].balance]

\* The ledgers of these channels, each changed.
Ledgers(s, k, C, Change(_)) ==
    [s EXCEPT !.ledger[k] = [c \in Channels |-> IF c \in C THEN Change(s.ledger[k][c]) ELSE s.ledger[k][c]]]

\* A second marker on a channel makes the state ill-formed.
Mark(s, k, C, chans) ==
    LET Marked(it) == [it EXCEPT !.marked = TRUE]
        second == \E c \in C : s.ledger[k][c].marked
    IN [Ledgers(s, k, C, Marked) EXCEPT !.chan = chans, !.ill = s.ill \/ second]

SendMarker(s, k, C) ==
    Mark(s, k, C, [c \in Channels |-> IF c \in C THEN Append(s.chan[c], Marker(k)) ELSE s.chan[c]])

SendMarkerAhead(s, k, C) ==
    Mark(s, k, C, [c \in Channels |-> IF c \in C THEN <<Marker(k)>> \o s.chan[c] ELSE s.chan[c]])

Open(s, k, C) ==
    LET Opened(it) == IF it.status = "untouched" THEN [it EXCEPT !.status = "open"] ELSE it
    IN Ledgers(s, k, C, Opened)

Close(s, k, C) == LET Closed(it) == [it EXCEPT !.status = "closed"] IN Ledgers(s, k, C, Closed)
Block(s, k, C) == LET Blocked(it) == [it EXCEPT !.blocked = TRUE] IN Ledgers(s, k, C, Blocked)
Unblock(s, k, C) == LET Freed(it) == [it EXCEPT !.blocked = FALSE] IN Ledgers(s, k, C, Freed)
Forget(s, k, C) == LET Forgotten(it) == [it EXCEPT !.kept = <<>>] IN Ledgers(s, k, C, Forgotten)

Keep(s, k, c, item) == [s EXCEPT !.ledger[k][c].kept = Append(s.ledger[k][c].kept, item.amount)]
KeepFirst(s, k, c, item) == [s EXCEPT !.ledger[k][c].kept = <<item.amount>> \o s.ledger[k][c].kept]
KeepRepeated(s, k, c, item) ==
    [s EXCEPT !.ledger[k][c].kept = [i \in 1..(Len(s.ledger[k][c].kept) + 1) |-> item.amount]]

EveryMarkerArrived(s, k, p) == \A c \in Incoming(p) : s.ledger[k][c].arrived
Finished(s, p) == s.app[p].sent >= Budget[p]

-----------------------------------------------------------------------------
\* The handlers of the algorithm.

