import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CommitResult } from '#core/ports/store.ts';
import { freshTable } from '../support/cloud-store.ts';
import { request } from '../support/contract/store.ts';
import { EMULATORS, type Emulator, missingEmulator } from '../support/emulators/emulators.ts';
import { cancelled, type Fault, injectFaults, named } from '../support/faults.ts';

const missing = missingEmulator('ministack');
const TRANSACT = 'TransactWriteItemsCommand';

/** Faults one after the other, then none. */
const first =
  (...faults: Fault[]) =>
  (attempt: number) =>
    faults[attempt] ?? null;
const beforehand = (error: Error): Fault => ({ when: 'before', error });
const lost = (error: Error): Fault => ({ when: 'after', error });

describe(`a store whose requests fail${missing === undefined ? '' : ` (${missing})`}`, {
  skip: missing !== undefined,
}, () => {
  let emulator: Emulator;
  before(async () => {
    emulator = await EMULATORS.ministack.start();
  });
  after(() => emulator.stop());

  /** Commits one entry under faults, and tells what is stored of it. */
  async function commitUnder(plan: (attempt: number) => Fault | null) {
    const { open, client } = await freshTable(emulator);
    const faulty = client();
    const counted = injectFaults(faulty, TRANSACT, plan);
    const startedMs = performance.now();
    const result: CommitResult | Error = await open(faulty)
      .commit(request(0))
      .catch((error: Error) => error);
    const tookMs = performance.now() - startedMs;
    const { symbols, exposure, tally } = await open().load();
    return { result, tookMs, attempts: counted.attempts, symbols, exposure, tally };
  }

  const passing: readonly [string, (attempt: number) => Fault | null, number][] = [
    ['conflicts with others', first(...Array(3).fill(beforehand(cancelled('TransactionConflict', 'None')))), 4],
    ['throttling', first(...Array(2).fill(beforehand(named('ThrottlingException', 'client')))), 3],
    ['throttling within the transaction', first(beforehand(cancelled('None', 'ThrottlingError'))), 2],
    ['a request that never arrived', first(beforehand(named('TimeoutError'))), 2],
    ['a failure of the service', first(beforehand(named('InternalServerError', 'server'))), 2],
    ['a lost answer: the token makes the second request the first', first(lost(named('TimeoutError'))), 2],
    [
      'a lost answer whose token was forgotten: the own mark is found',
      first(lost(named('ECONNRESET')), beforehand(cancelled('ConditionalCheckFailed'))),
      2,
    ],
    [
      'a token that belongs to another transaction: the own mark is found',
      first(lost(named('ECONNRESET')), beforehand(named('IdempotentParameterMismatchException', 'client'))),
      2,
    ],
    ['answers that are all lost: the own mark is found in the end', () => lost(named('TimeoutError')), 6],
  ];
  for (const [name, plan, attempts] of passing) {
    test(`${name}: done once`, async () => {
      const { result, exposure, symbols, tally, ...told } = await commitUnder(plan);
      assert.ok(!(result instanceof Error) && result.ok, String(result));
      assert.deepEqual([result.exposure, result.tally], [exposure, tally], 'the answer tells what is stored');
      assert.deepEqual([exposure.positions, tally.entriesAtMs.length, symbols.length], [1, 1, 1]);
      assert.equal(told.attempts, attempts);
    });
  }

  const refused: readonly [string, Error, string, number][] = [
    ['conflicts without end', cancelled('TransactionConflict'), 'STORE_BUSY', 6],
    ['throttling without end', named('ProvisionedThroughputExceededException', 'client'), 'STORE_BUSY', 6],
    ['no answer at all', named('TimeoutError'), 'STORE_UNREACHABLE', 6],
    ['no permission', named('AccessDeniedException', 'client'), 'AWS_ACCESS_DENIED', 1],
    ['credentials that are not accepted', named('UnrecognizedClientException', 'client'), 'AWS_CREDENTIALS', 1],
    ['no credentials', named('CredentialsProviderError'), 'AWS_CREDENTIALS', 1],
    ['a table that is gone', named('ResourceNotFoundException', 'client'), 'STORE_MISSING', 1],
  ];
  for (const [name, error, code, attempts] of refused) {
    test(`${name}: ${code} within the entry's time, nothing written`, async () => {
      const { result, exposure, symbols, tookMs, ...told } = await commitUnder(() => beforehand(error));
      assert.ok(result instanceof Error);
      const { code: found, remedy, retryable } = result as Error & { code: string; remedy: string; retryable: boolean };
      assert.equal(found, code);
      assert.ok(remedy.length > 10);
      assert.equal(retryable, attempts > 1);
      assert.deepEqual([exposure.positions, symbols.length], [0, 0]);
      assert.equal(told.attempts, attempts);
      assert.ok(attempts === 1 || tookMs < 2000, `${tookMs} ms`);
    });
  }

  test('an entry is not tried beyond its own time, however many tries are left', async () => {
    const slow = { ...beforehand(named('TimeoutError')), afterMs: 400 };
    const { result, attempts, symbols } = await commitUnder(() => slow);
    assert.equal((result as { code?: string }).code, 'STORE_UNREACHABLE');
    assert.ok(attempts <= 3, `${attempts} tries of 400 ms within 1000 ms`);
    assert.deepEqual(symbols, []);
  });

  test('a clock that AWS refuses is named', async () => {
    const ahead = Object.assign(named('InvalidSignatureException', 'client'), {
      message: 'Signature not yet current: 20261125T000000Z is still later than 20261124T000000Z',
    });
    const { result } = await commitUnder(() => beforehand(ahead));
    assert.equal((result as { code?: string }).code, 'AWS_CLOCK_SKEW');
    assert.match((result as { remedy?: string }).remedy ?? '', /NTP/);
  });

  test('what a paper venue answered first is kept, also where its own answer is lost', async () => {
    const { open, client } = await freshTable(emulator);
    const execution = {
      ...{ atMs: 1, quantity: '1', amount: '2', fee: '0', feeAsset: 'USDT' },
      fxBid: '1',
      fxAsk: '1',
    };
    const faulty = client();
    injectFaults(faulty, 'PutItemCommand', first(lost(named('TimeoutError'))));
    assert.deepEqual(await open(faulty).venueOrders.keep('o1', execution), execution);
    assert.deepEqual(await open().venueOrders.keep('o1', null), execution, 'the first');
    assert.equal(await open().venueOrders.keep('o2', null), null);
    assert.equal(await open().venueOrders.keep('o2', execution), null, 'what never arrived stays so');
    assert.deepEqual(await open().venueOrders.get('o1'), { execution });
  });

  test('another writer of the same decision does not take it for its own', async () => {
    const { open } = await freshTable(emulator);
    assert.equal((await open().commit(request(0))).ok, true);
    const other = await open().commit(request(0));
    assert.ok(!other.ok && other.conflict === 'state' && other.state.version === 1);
  });

  test('a throttled read is repeated', async () => {
    const { open, client } = await freshTable(emulator);
    await open().commit(request(0));
    const faulty = client();
    injectFaults(faulty, 'BatchGetItemCommand', first(beforehand(named('ThrottlingException', 'client'))));
    const view = await open(faulty).read('BTC/USDT');
    assert.equal(view.state.version, 1);
    assert.equal(view.exposure.positions, 1);
  });
});
