import { parseArgs } from 'node:util';
import { startBotApi } from './bot-api.ts';

/** A Bot API on loopback in a process of its own: prints its address, ends with its input; POST /control commands it. */
const { values } = parseArgs({ options: { token: { type: 'string', default: '1:test' }, port: { type: 'string' } } });
const api = await startBotApi(values.token, Number(values.port ?? 0));
console.log(JSON.stringify({ url: api.url }));
process.stdin.resume().on('end', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
