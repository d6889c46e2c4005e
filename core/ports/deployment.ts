import type { Instrument } from '../market/instrument.ts';
import type { SymbolList } from '../universe/list.ts';

/**
 * What all parts of a deployment trade by, beside their configuration: written by the universe function alone, read again
 * by the others whenever the configuration's epoch has grown.
 */
export interface Deployment {
  readonly list: SymbolList;
  /** Of every symbol in the list, draining ones too. */
  readonly instruments: readonly Instrument[];
  /** Of the configuration that the list was made under. */
  readonly configVersion: string;
  /** What the next refresh needs to remember of this one. */
  readonly memory: unknown;
  readonly atMs: number;
}

export interface DeploymentStore {
  /** Strongly consistent; null before the first. */
  read(): Promise<Deployment | null>;
  write(deployment: Deployment): Promise<void>;
}
