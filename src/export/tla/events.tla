\* The next state is this one.
Becomes(s) ==
    /\ app' = s.app
    /\ chan' = s.chan
    /\ part' = s.part
    /\ ledger' = s.ledger
    /\ ill' = s.ill

CanSend(send) ==
    LET p == send.c[1] IN
    /\ app[p].sent < Budget[p]
    /\ send.turn >= 0 => send.turn = app[p].sent
    /\ app[p].balance >= send.amount

Send(send) ==
    LET p == send.c[1]
        late == {k \in Snapshots : part[k][p].rec}
    IN Becomes([Now EXCEPT
        !.app[p] = [balance |-> app[p].balance - send.amount, sent |-> app[p].sent + 1],
        !.chan[send.c] = Append(chan[send.c], Message(late, send.amount))])

CanStart(k, p) == ~part[k][p].begun

StartSnapshot(k, p) == Becomes(OnStart([Now EXCEPT !.part[k][p].begun = TRUE], k, p))

\* The ghost cut of snapshot k: an orphan, or a message that has crossed.
Cross(s, k, c, item) ==
    LET recorded == s.part[k][c[2]].rec
        late == k \in item.late
    IN IF ~recorded /\ late THEN [s EXCEPT !.ledger[k][c].orphan = TRUE]
       ELSE IF recorded /\ ~late
       THEN [s EXCEPT !.ledger[k][c].expected = Append(s.ledger[k][c].expected, item.amount)]
       ELSE s

\* The handlers of all snapshots from k on.
RECURSIVE Handled(_, _, _, _)
Handled(s, k, c, item) ==
    IF k \in Snapshots THEN Handled(OnMessage(s, k, c[2], c, item), k + 1, c, item) ELSE s

\* The ghost cuts of all snapshots from k on; then the application.
RECURSIVE Taken(_, _, _, _)
Taken(s, k, c, item) ==
    IF k \in Snapshots THEN Taken(Cross(s, k, c, item), k + 1, c, item)
    ELSE [s EXCEPT !.app[c[2]].balance = s.app[c[2]].balance + item.amount]

CanReceive(c) == chan[c] # <<>> /\ \A k \in Snapshots : ~ledger[k][c].blocked

Receive(c) ==
    LET item == Head(chan[c])
        s == [Now EXCEPT !.chan[c] = Tail(chan[c])]
    IN IF item.kind = "marker"
       THEN Becomes(OnMarker([s EXCEPT !.ledger[item.k][c].arrived = TRUE], item.k, c[2], c, item))
       ELSE Becomes(Taken(Handled(s, 0, c, item), 0, c, item))

\* An ill-formed state has no successors.
Next ==
    /\ ~ill
    /\ \/ \E send \in Sends : CanSend(send) /\ Send(send)
       \/ \E k \in Snapshots : \E p \in Initiators[k] : CanStart(k, p) /\ StartSnapshot(k, p)
       \/ \E c \in Channels : CanReceive(c) /\ Receive(c)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
\* What is judged.

