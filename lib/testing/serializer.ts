import { DryRun } from './dry-run.js';
import { isManifestSource, manifestText } from './manifests.js';

/** Snapshots show Apps and constructs as their manifests, and dry runs as their report. */
export const serializer = {
  test: (value: unknown): boolean => value instanceof DryRun || (!Array.isArray(value) && isManifestSource(value)),
  serialize: (value: unknown): string =>
    value instanceof DryRun ? value.report : isManifestSource(value) ? manifestText(value) : String(value),
};
