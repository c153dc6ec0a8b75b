-- Three processes, every ordered pair a FIFO channel, one token a message, one Chandy-Lamport snapshot by process 0.
const
  Balance: BALANCE;
  Sends: SENDS;
  Total: 3 * BALANCE;
  Items: ITEMS;

type
  Process: 0 .. 2;
  Channel: 0 .. 5;
  Item: enum { Early, Late, Marker };
  Queue: record
    length: 0 .. Items;
    items: array [0 .. Items - 1] of Item;
  end;

var
  balance: array [Process] of 0 .. Total;
  sent: array [Process] of 0 .. Sends;
  recorded: array [Process] of boolean;
  recordedBalance: array [Process] of 0 .. Total;
  recordedSent: array [Process] of 0 .. Sends;
  queue: array [Channel] of Queue;
  closed: array [Channel] of boolean;
  kept: array [Channel] of 0 .. Sends;
  expected: array [Channel] of 0 .. Sends;
  orphan: array [Channel] of boolean;

function source(c: Channel): Process;
begin
  return c / 2;
end;

function target(c: Channel): Process;
begin
  switch c
    case 0: return 1;
    case 1: return 2;
    case 2: return 0;
    case 3: return 2;
    case 4: return 0;
    case 5: return 1;
  end;
end;

procedure append(c: Channel; item: Item);
begin
  queue[c].items[queue[c].length] := item;
  queue[c].length := queue[c].length + 1;
end;

procedure recordAt(p: Process);
begin
  recorded[p] := true;
  recordedBalance[p] := balance[p];
  recordedSent[p] := sent[p];
  for c: Channel do
    if source(c) = p then
      append(c, Marker);
    end;
  end;
end;

function isComplete(): boolean;
begin
  return (forall p: Process do recorded[p] end) & (forall c: Channel do closed[c] end);
end;

function earlyIn(c: Channel): 0 .. Items;
var
  count: 0 .. Items;
begin
  count := 0;
  for i: 0 .. Items - 1 do
    if i < queue[c].length & queue[c].items[i] = Early then
      count := count + 1;
    end;
  end;
  return count;
end;

function recordedTotal(): 0 .. 255;
var
  sum: 0 .. 255;
begin
  sum := 0;
  for p: Process do
    sum := sum + recordedBalance[p];
  end;
  for c: Channel do
    sum := sum + kept[c];
  end;
  return sum;
end;

startstate
begin
  clear recordedBalance;
  clear recordedSent;
  clear sent;
  clear queue;
  clear kept;
  clear expected;
  for p: Process do
    balance[p] := Balance;
    recorded[p] := false;
  end;
  for c: Channel do
    closed[c] := false;
    orphan[c] := false;
  end;
end;

ruleset c: Channel do
  rule "send" balance[source(c)] > 0 & sent[source(c)] < Sends ==>
  begin
    balance[source(c)] := balance[source(c)] - 1;
    sent[source(c)] := sent[source(c)] + 1;
    if recorded[source(c)] then append(c, Late); else append(c, Early); end;
  end;
end;

rule "start" !recorded[0] ==>
begin
  recordAt(0);
end;

ruleset c: Channel do
  rule "receive" queue[c].length > 0 ==>
  var
    item: Item;
  begin
    item := queue[c].items[0];
    for i: 0 .. Items - 2 do
      queue[c].items[i] := queue[c].items[i + 1];
    end;
    queue[c].items[Items - 1] := Early;
    queue[c].length := queue[c].length - 1;
    if item = Marker then
      if !recorded[target(c)] then
        recordAt(target(c));
      end;
      closed[c] := true;
    else
      if recorded[target(c)] & !closed[c] then
        kept[c] := kept[c] + 1;
      end;
      if recorded[target(c)] & item = Early then
        expected[c] := expected[c] + 1;
      end;
      if !recorded[target(c)] & item = Late then
        orphan[c] := true;
      end;
      balance[target(c)] := balance[target(c)] + 1;
    end;
  end;
end;

invariant "ConsistentCut"
  isComplete() -> forall c: Channel do !orphan[c] & kept[c] = expected[c] + earlyIn(c) end;

invariant "TotalPreserved"
  isComplete() -> recordedTotal() = Total;

invariant "Terminates"
  (recorded[0]
    & (forall c: Channel do queue[c].length = 0 end)
    & (forall p: Process do balance[p] = 0 | sent[p] >= Sends end))
  -> isComplete();
