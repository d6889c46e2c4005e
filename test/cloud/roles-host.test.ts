import { proveRoles } from '../support/cloud/role-proof.ts';

proveRoles('host');
