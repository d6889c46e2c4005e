import { proveOutages } from '../support/cloud/outage-proof.ts';

proveOutages(30);
