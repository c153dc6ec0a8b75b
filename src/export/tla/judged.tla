\* Nothing can happen any more.
Final ==
    /\ ~ill
    /\ \A send \in Sends : ~CanSend(send)
    /\ \A k \in Snapshots : \A p \in Initiators[k] : ~CanStart(k, p)
    /\ \A c \in Channels : ~CanReceive(c)

IsEarly(k, item) == item.kind = "message" /\ k \notin item.late
Amounts(items) == [i \in 1..Len(items) |-> items[i].amount]

\* What is still to cross the cut of snapshot k.
ToCross(s, k, c) == LET Early(item) == IsEarly(k, item) IN Amounts(SelectSeq(s.chan[c], Early))

IsConsistent(s, k) ==
    \A c \in Channels :
        /\ ~s.ledger[k][c].orphan
        /\ s.ledger[k][c].kept = s.ledger[k][c].expected \o ToCross(s, k, c)

RECURSIVE SumOf(_)
SumOf(list) == IF list = <<>> THEN 0 ELSE Head(list) + SumOf(Tail(list))

RECURSIVE Sum(_, _)
Sum(f, domain) ==
    IF domain = {} THEN 0
    ELSE LET it == CHOOSE it \in domain : TRUE IN f[it] + Sum(f, domain \ {it})

Recorded(s, k) ==
    Sum([p \in Processes |-> s.part[k][p].balance], Processes)
        + Sum([c \in Channels |-> SumOf(s.ledger[k][c].kept)], Channels)

\* In the state in which a snapshot has just become complete.
IsCompleted(k) == ~Complete(Now, k) /\ ~ill' /\ Complete(Now', k)

ConsistentCut == [][\A k \in Snapshots : IsCompleted(k) => IsConsistent(Now', k)]_vars
TotalPreserved == [][\A k \in Snapshots : IsCompleted(k) => Recorded(Now', k) = Total]_vars

Started(k) == \E p \in Processes : part[k][p].begun
Terminates == Final => \A k \in Snapshots : Started(k) => Complete(Now, k)
WellFormed ==
    /\ ~ill
    /\ Final => \A k \in Snapshots : Complete(Now, k) => \A c \in Channels : ledger[k][c].marked
