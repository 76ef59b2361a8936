import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdk8s';

/** Deployment, Service and ConfigMap each. */
export const units = 3334;

/** Where a command line tool wants the output, else a directory that is removed at the end. */
export const outputDirectory = (): { readonly outdir: string; readonly remove: () => void } => {
  const given = process.env.CDK8S_OUTDIR;
  if (given !== undefined) return { outdir: given, remove: () => {} };
  const outdir = mkdtempSync(join(tmpdir(), 'units-'));
  return { outdir, remove: () => rmSync(outdir, { recursive: true }) };
};

export const report = (started: number, objects: number): void => {
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`\n${JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1000, objects })}\n`);
};

/** cdk8s alone: builds and writes. */
export const measured = (build: (app: App) => void): void => {
  const { outdir, remove } = outputDirectory();
  const started = performance.now();
  const app = new App({ outdir });
  build(app);
  app.synth();
  // Plimsoll writes at the end of the process, which V8 lets finish what it compiles and collects: both are measured to there.
  process.once('exit', () => {
    report(started, units * 3);
    remove();
  });
};
