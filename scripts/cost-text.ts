/** What docs/COST.md says around its tables. */
export const COST_TEXT = {
  intro: `\`npx twinleg cost --symbols N [--layout sharded|per-symbol] [--market quiet|lively] [--json]\` prints one of these bills. Nothing in it is
guessed from a design: the simulated venues, the gateway as its own process, SQS, the functions' own handlers and the table ran together
on an emulator, and what AWS would bill was counted at the SDK's clients. In a _quiet_ market no coin ever crosses what an entry needs; in a
_lively_ one the simulator makes gaps far more often than any real market does, so that its trades a month say nothing of what anybody earns.`,
  levers: `What moves the bill, largest first: the gateway and its address (they are there whatever the market does); the lease, a write a second; the
state, read each second; the heartbeat of a symbol that is flat (each half minute: a message, a share of an invocation, a read of what the
decision needs); in a lively market every tick that could enter or exit, and one a second of each open position. \`sharded\` is cheaper than
\`per-symbol\` because idle queues are polled and because heartbeats of one queue travel together.`,
  counted: `\`npm run bench:cloud -- hour --market M --layout L --symbols N --minutes M\` counts again and writes
\`core/cost/measured.json\`, which the command reads. Where less than an hour was counted the rates are scaled to one; the first minutes,
in which a gateway sends everything until it knows each symbol to be flat, are left out. Other numbers of symbols lie on the straight line
through the two measured ones.

Read units come from the sizes of the items that were read (strongly consistent), write units from the store's own answer, requests to SQS in
parts of 64 KB, log bytes as the log service frames them, function time by the handler's own clock against the emulator beside it, rounded up
to a millisecond. The machine did other work meanwhile, which makes that time too long rather than too short. A tick that comes too late is
counted and not read: where their share is not nothing, the reads of functions are too low by about as much.`,
  pays: `USD a trade is what the simulator's trades would each have to carry. The other columns: how many trades a month pay for the deployment if
each earns no more than its entry had to promise, \`strategy.minProfitThreshold\` of its notional. Nobody claims that the market offers them.`,
  left: `Taken from AWS's documents and not measured: the polling of a mapping (two connections that wait 20 s). Estimated: the size of the images.
Reckoned and not counted: a scheduled snapshot reads the whole table strongly consistently, a unit for each 4 KB: 244,141 units for a GB of history
(3.3 cents). It is priced at what the table holds after \`history.keepDays\`, each \`snapshot.everySeconds\`, which is six hours in the cloud wiring; each five
minutes, as a local store is saved, would cost 72 times as much. The first snapshots of a table that is still small are in the counts; those of the
quiet, sharded 20 symbols saved each five minutes (8 cents of S3). Where a count ran for minutes only, \`tableGrowthBytes\` holds what is published
once and then replaced, and is too high. Not counted yet: alerts and their functions, and what the gateway reads for its figures since (two queries
each 15 s of what waits to be told, two items a minute of snapshots and restores: a few cents a month).
Not counted at all: tax, the free tier (it covers most of the requests here), cold starts, traffic to the internet (REST of the venues; metrics, where
OTLP is configured), control calls of a deployment, what people ask on the command line, and a standby gateway (add the gateway's lines again).`,
};
