import { proveOutages } from '../support/cloud/outage-proof.ts';

// The long suite has the guard too: its hold outlasts the last failure by a minute.
proveOutages(4, { 'guards.errorRate.maxPerMinute': null });
