import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * A copy of what serverless reads. It keeps what it packages beside its file, whatever folder it is told: two that
 * package from one place at once take each other's files.
 *
 * @returns its path; the caller removes it
 */
export function serviceFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'twinleg-service-'));
  for (const each of ['serverless.yml', 'infra/cloud']) {
    cpSync(join(ROOT, each), join(folder, each), { recursive: true });
  }
  return folder;
}
